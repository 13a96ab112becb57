'use client';

import { useState } from 'react';
import type { BuildView } from '@/lib/api/builds';
import type { CreatedShare } from '@/lib/api/shares';
import { useBrand } from '../brand/brand-context';
import { NonProductionBadge } from '../non-production';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { formatExact } from '../ui/format';
import { Input, Textarea } from '../ui/input';
import { Notice } from '../ui/notice';
import { Select } from '../ui/select';
import { useCreateShare } from './mutations';
import { QrCode } from './qr-code';

type Props = { build: BuildView; open: boolean; onOpenChange: (open: boolean) => void };

export function ShareDialog({ build, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title={`Share build #${build.number}`} description="Whoever has the link can see this build and download its image, without an account.">
        <ShareForm build={build} />
      </DialogContent>
    </Dialog>
  );
}

const EXPIRIES: [number, string][] = [
  [1, 'in a day'],
  [7, 'in a week'],
  [30, 'in 30 days'],
  [90, 'in 90 days'],
  [365, 'in a year'],
];

function ShareForm({ build }: { build: BuildView }) {
  const { slug } = useBrand();
  const create = useCreateShare(slug, build.number);
  const [expiresInDays, setExpiresInDays] = useState(7);
  const [note, setNote] = useState('');
  if (create.data) return <NewLink created={create.data} onAnother={() => create.reset()} />;
  return (
    <FormShell
      pending={create.isPending}
      error={create.error}
      fields={['expiresInDays', 'note']}
      onSubmit={() => create.mutate({ expiresInDays, note })}
      actions={
        <>
          <Button type="submit" variant="primary" pending={create.isPending}>
            Create link
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          {!build.production && <NonProductionBadge className="ml-auto" />}
        </>
      }
    >
      <Field label="Stops working" hint="The images are kept at least that long." problems={problemsAt(create.error, 'expiresInDays')}>
        {(control) => (
          <Select {...control} value={expiresInDays} onChange={(event) => setExpiresInDays(Number(event.target.value))}>
            {EXPIRIES.map(([days, words]) => (
              <option key={days} value={days}>
                {words}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Note" optional hint="Shown on the page behind the link, and in your list of links." problems={problemsAt(create.error, 'note')}>
        {(control) => <Textarea {...control} rows={2} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} placeholder="For the line in Brno: please flash ten boards" />}
      </Field>
    </FormShell>
  );
}

function NewLink({ created, onAnother }: { created: CreatedShare; onAnother: () => void }) {
  const { url, share } = created;
  return (
    <div className="space-y-4">
      <Notice tone="ok" role="status" title="The link is ready">
        Copy it now: only a fingerprint of it is kept, so it cannot be shown again. It works until {formatExact(share.expiresAt)}.
      </Notice>
      <div className="flex items-center gap-2">
        <Input mono readOnly aria-label="Link" value={url} autoFocus onFocus={(event) => event.target.select()} />
        <CopyButton value={url} label="Copy link" withText variant="primary" className="h-9" />
      </div>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <figure>
          <QrCode text={url} label="QR code of the link" className="size-44 rounded-lg border border-line" />
          <figcaption className="mt-1.5 text-sm text-muted">For a phone or tablet beside the board</figcaption>
        </figure>
        <div className="flex gap-2">
          <Button variant="ghost" onClick={onAnother}>
            Create another
          </Button>
          <DialogClose asChild>
            <Button>Done</Button>
          </DialogClose>
        </div>
      </div>
    </div>
  );
}
