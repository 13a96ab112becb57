'use client';

import { useState } from 'react';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { Textarea } from '../ui/input';
import type { KeyDialogProps } from './import-key-dialog';
import { useEnrolOffline } from './mutations';

/** A key that never comes here: its owner signs with `snap sign`, and Imprint keeps the rest. */
export function EnrolOfflineDialog({ open, onOpenChange }: KeyDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Enrol a key that stays offline" description="Imprint learns its public half. Models are signed on the machine that has the key, and the signature is pasted here.">
        <EnrolOfflineForm onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function EnrolOfflineForm({ onDone }: { onDone: () => void }) {
  const { slug, brand } = useBrand();
  const enrol = useEnrolOffline(slug);
  const [request, setRequest] = useState('');
  return (
    <FormShell
      pending={enrol.isPending}
      error={enrol.error}
      fields={['request']}
      onSubmit={() => enrol.mutate({ request }, { onSuccess: onDone })}
      actions={
        <>
          <Button type="submit" variant="primary" pending={enrol.isPending} disabledReason={request.trim() === '' ? 'Paste what snap export-key printed first.' : undefined}>
            Enrol key
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        </>
      }
    >
      <div>
        <p className="mb-1.5 font-medium">On the machine that has the key</p>
        <CodeBlock label="command" text={`snap export-key --account=${brand.accountId} NAME`} />
      </div>
      <Field label="What it printed" hint="An account-key-request, signed by the key itself. It holds no secret." problems={problemsAt(enrol.error, 'request')}>
        {(control) => <Textarea {...control} mono rows={8} spellCheck={false} value={request} onChange={(event) => setRequest(event.target.value)} />}
      </Field>
    </FormShell>
  );
}
