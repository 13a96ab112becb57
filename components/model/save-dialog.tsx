'use client';

import { useMemo, useState } from 'react';
import type { ModelVersion } from '@/lib/api/models';
import { isAppError } from '@/lib/errors';
import { describeChanges } from '@/lib/model/diff';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell } from '../ui/form-shell';
import { Input } from '../ui/input';
import { ChangesList } from './changes-list';
import { useSaveVersion } from './mutations';
import { StaleSides } from './stale-sides';
import { useWorkspace } from './workspace';

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

/** Saves the draft as a version, with a note if one wants; when somebody was quicker, shows both sides. */
export function SaveDialog({ open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open && <SaveContent close={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function SaveContent({ close }: { close: () => void }) {
  const { slug } = useBrand();
  const { name, detail, started, draft, overtaken, discard } = useWorkspace();
  const save = useSaveVersion(slug, name);
  const [note, setNote] = useState('');
  const changes = useMemo(() => describeChanges(started.headers, draft), [started, draft]);
  const theirs = isAppError(save.error) && save.error.code === 'stale' ? (save.error.details.current as ModelVersion) : overtaken ? detail.latest : undefined;

  const saveOver = (base: ModelVersion) =>
    save.mutate(
      { baseVersion: base.number, headers: draft, note },
      {
        onSuccess: (version) => {
          discard();
          notify.done(`Version ${version.number} is saved.`);
          close();
        },
      },
    );
  const takeTheirs = () => {
    discard();
    close();
  };

  if (theirs) return <StaleSides theirs={theirs} mine={draft} started={started} pending={save.isPending} error={isAppError(save.error) && save.error.code === 'stale' ? null : save.error} onKeepMine={() => saveOver(theirs)} onTakeTheirs={takeTheirs} />;
  return (
    <DialogContent title={`Save version ${started.number + 1}`} description="A version never changes again. It can be compared, signed and restored." locked={save.isPending}>
      <FormShell
        pending={save.isPending}
        error={save.error}
        onSubmit={() => saveOver(started)}
        actions={
          <>
            <Button type="submit" variant="primary" pending={save.isPending}>
              Save version
            </Button>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
          </>
        }
      >
        <ChangesList changes={changes} className="max-h-60 overflow-y-auto text-sm" />
        <Field label="Note" optional hint="Why it changed, for whoever looks back.">
          {(control) => <Input {...control} autoFocus value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      </FormShell>
    </DialogContent>
  );
}
