'use client';

import { useState, type ReactNode } from 'react';
import { CircleCheck, CircleX } from 'lucide-react';
import { modelName, type ReadModelView } from '@/lib/api/models';
import { hasErrors } from '@/lib/errors';
import { describeChanges } from '@/lib/model/diff';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { cn } from '../ui/cn';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { ProblemList } from '../ui/problem-list';
import { ChangesList } from './changes-list';
import { FileOrText } from './file-or-text';
import { useCreateModel, useReadModel } from './mutations';
import { useWorkspace } from './workspace';

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

const ACCEPT = '.json,.model,.assert,.txt,application/json,text/plain';
const WHAT = 'JSON as snap sign takes it, a .model, or a model with its chain. Headers that the editor does not know stay as they are.';

/** Replaces what stands in the editor; nothing is saved yet. */
export function ImportIntoModel({ open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open && <IntoModel onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

function IntoModel({ onDone }: { onDone: () => void }) {
  const { name, draft, edit } = useWorkspace();
  const take = (read: ReadModelView) => {
    edit(() => ({ ...read.headers, model: name }));
    notify.done('The editor has what you brought.', { description: 'Look at it, then save it as a version.' });
    onDone();
  };
  return (
    <Reader
      title="Import from a file"
      submit="Put into the editor"
      onTake={take}
      more={(read) => {
        const changes = describeChanges(draft, { ...read.headers, model: name });
        return (
          <section>
            <h3 className="mb-2 font-medium">What would change</h3>
            <ChangesList changes={changes} />
          </section>
        );
      }}
    />
  );
}

/** Makes a new model of what stands in a file. */
export function ImportModel({ open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open && <NewModel />}
    </Dialog>
  );
}

function NewModel() {
  const { slug } = useBrand();
  const create = useCreateModel(slug);
  const [typed, setTyped] = useState<string>();
  const nameOf = (read: ReadModelView) => typed ?? read.name;
  return (
    <Reader
      title="Import a model"
      submit="Create model"
      pending={create.isPending || create.isSuccess}
      whyNotTake={(read) => (hasErrors(read.problems) ? 'What must be fixed has to be put right first: in the text that you bring, or in the editor of a model that is there.' : undefined)}
      error={create.error}
      fields={['name']}
      onTake={(read) => create.mutate({ name: nameOf(read), headers: { ...read.headers, model: nameOf(read) }, note: 'Imported' })}
      more={(read) => {
        const parsed = modelName.safeParse(nameOf(read));
        const local = parsed.success ? [] : parsed.error.issues.slice(0, 1).map(({ code, message }) => ({ path: 'name', code, message }));
        return (
          <Field label="Name" hint="What devices know it by, for good." problems={local.length > 0 ? local : problemsAt(create.error, 'name')}>
            {(control) => <Input {...control} mono spellCheck={false} autoCapitalize="none" maxLength={128} value={nameOf(read)} onChange={(event) => setTyped(event.target.value)} />}
          </Field>
        );
      }}
    />
  );
}

type ReaderProps = {
  title: string;
  submit: string;
  pending?: boolean;
  error?: unknown;
  fields?: string[];
  /** Why what was read cannot be taken, as a sentence. */
  whyNotTake?: (read: ReadModelView) => string | undefined;
  onTake: (read: ReadModelView) => void;
  more: (read: ReadModelView) => ReactNode;
};

/** First the text, then what it says and proves, and only then the taking. */
function Reader({ title, submit, pending = false, error, fields = [], whyNotTake, onTake, more }: ReaderProps) {
  const { slug, whyNot } = useBrand();
  const [text, setText] = useState('');
  const reading = useReadModel(slug);
  const read = reading.data;
  const whyNotNow = read ? whyNotTake?.(read) : text.trim() === '' ? 'Choose a file or paste its text first.' : undefined;
  return (
    <DialogContent width="lg" title={title} description={WHAT} locked={pending}>
      <FormShell
        className="max-w-none"
        pending={pending || reading.isPending}
        error={error ?? reading.error}
        fields={fields}
        onSubmit={() => (read ? onTake(read) : reading.mutate(text))}
        actions={
          <>
            <Button type="submit" variant="primary" pending={pending || reading.isPending} disabledReason={whyNot('model.edit') ?? whyNotNow}>
              {read ? submit : 'Read it'}
            </Button>
            {read && !pending && (
              <Button variant="ghost" onClick={() => reading.reset()}>
                Another text
              </Button>
            )}
            {!pending && (
              <DialogClose asChild>
                <Button variant="ghost">Cancel</Button>
              </DialogClose>
            )}
          </>
        }
      >
        {read ? (
          <>
            <Proof read={read} />
            {more(read)}
            {read.problems.length > 0 && <ProblemList problems={read.problems} />}
            {read.dropped.length > 0 && (
              <p className="text-sm text-muted">
                Set anew by Imprint when it is signed: {read.dropped.map(({ name }) => name).join(', ')}.
              </p>
            )}
          </>
        ) : (
          <FileOrText label="Model" hint="Nothing is saved by reading it." accept={ACCEPT} rows={12} value={text} onChange={setText} />
        )}
      </FormShell>
    </DialogContent>
  );
}

const TONE = { none: 'info', proven: 'ok', unproven: 'warning', broken: 'danger' } as const;
const TITLE = { none: 'Not signed', proven: 'Signed, and proven', unproven: 'Signed, not proven', broken: 'The signature does not hold' } as const;

function Proof({ read: { proof } }: { read: ReadModelView }) {
  return (
    <Notice tone={TONE[proof.verdict]} title={TITLE[proof.verdict]} role="status">
      {proof.sentence}
      {proof.signKeyId && (
        <span className="mt-1 block">
          Key <span className="font-mono wrap-anywhere">{proof.signKeyId}</span>
        </span>
      )}
      <Links links={proof.links} />
    </Notice>
  );
}

/** What came along with the model, and whether it holds. */
function Links({ links }: Pick<ReadModelView['proof'], 'links'>) {
  if (links.length === 0) return null;
  return (
    <ul aria-label="What came along" className="mt-2 space-y-1">
      {links.map(({ what, holds, reason }) => {
        const Icon = holds ? CircleCheck : CircleX;
        return (
          <li key={what} className="flex items-start gap-1.5">
            <Icon role="img" aria-label={holds ? 'Holds' : 'Does not hold'} className={cn('mt-[3px] size-3.5 shrink-0', holds ? 'text-ok' : 'text-danger')} />
            <span className="min-w-0 wrap-anywhere">
              {what}
              {reason && `: ${reason}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
