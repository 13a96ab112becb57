'use client';

import { useId, useState, type ReactNode } from 'react';
import { Download } from 'lucide-react';
import type { SigningRequestView } from '@/lib/api/models';
import { modelFileName } from '@/lib/model/export';
import { api } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { FormShell } from '../ui/form-shell';
import { formatExact } from '../ui/format';
import { DownloadButton } from '../ui/link-button';
import { Switch } from '../ui/switch';
import { FileOrText } from './file-or-text';
import { useAnswerSigningRequest } from './mutations';

type Props = { model: string; asked: SigningRequestView | undefined; onClose: () => void };

/** A model goes to the machine that has the key, and its signature comes back. */
export function SignOutside({ model, asked, onClose }: Props) {
  return (
    <Dialog open={asked !== undefined} onOpenChange={(open) => !open && onClose()}>
      {asked && <Content model={model} asked={asked} onClose={onClose} />}
    </Dialog>
  );
}

function Content({ model, asked, onClose }: { model: string; asked: SigningRequestView; onClose: () => void }) {
  const { slug, whyNot } = useBrand();
  const [text, setText] = useState('');
  const newerId = useId();
  const answer = useAnswerSigningRequest(slug, model);
  const [input, output] = [modelFileName(model, asked.revision, 'json'), modelFileName(model, asked.revision, 'model')];
  const [newer, setNewer] = useState(false);
  const command = `snap sign -k ${asked.keyName}${newer ? ' --update-timestamp' : ''} ${input} > ${output}`;
  const submit = () =>
    answer.mutate(
      { id: asked.id, text },
      {
        onSuccess: (signature) => {
          notify.done(`Version ${signature.version} is signed as revision ${signature.revision}.`, { description: `With key ${signature.keyName}, which never left its machine.` });
          onClose();
        },
      },
    );
  return (
    <DialogContent width="lg" title={`Sign revision ${asked.revision} with ${asked.keyName}`} description="The key stays on its machine. You can close this and come back: it waits under Versions." locked={answer.isPending}>
      <FormShell
        className="max-w-none"
        pending={answer.isPending}
        error={answer.error}
        onSubmit={submit}
        actions={
          <>
            <Button type="submit" variant="primary" pending={answer.isPending} disabledReason={whyNot('model.sign') ?? (text.trim() === '' ? 'Paste what snap sign printed first.' : undefined)}>
              Check and keep
            </Button>
            <DialogClose asChild>
              <Button variant="ghost">Later</Button>
            </DialogClose>
          </>
        }
      >
        <Step number={1} title="Take this to the machine that has the key">
          <details className="group">
            <summary className="cursor-default text-sm text-muted">
              Show the JSON · its timestamp, {formatExact(asked.timestamp)}, lies inside the key’s validity
            </summary>
            <CodeBlock text={asked.json} label={input} className="mt-2 max-h-72 overflow-y-auto" />
          </details>
          <DownloadButton size="sm" download={input} href={api.signingRequest(slug, model, asked.id)}>
            <Download aria-hidden />
            {input}
          </DownloadButton>
        </Step>
        <Step number={2} title="Sign it there">
          <CodeBlock text={command} label="command" />
          <div className="flex items-start gap-2.5">
            <Switch id={newerId} checked={newer} onCheckedChange={setNewer} aria-describedby={`${newerId}-hint`} className="mt-0.5" />
            <div>
              <label htmlFor={newerId}>That machine has snapd 2.70 or newer: use the time of signing</label>
              <p id={`${newerId}-hint`} className="text-sm text-muted">
                Nothing needs it, for the time in the JSON is right. <code className="font-mono whitespace-nowrap">snap version</code> tells; older ones do not know <code className="font-mono whitespace-nowrap">--update-timestamp</code>.
              </p>
            </div>
          </div>
        </Step>
        <Step number={3} title="Bring back what it printed">
          <FileOrText label="Signed model" hint="Imprint checks that the key signed exactly this, and keeps it only then." accept=".model,.assert,.txt,text/plain" value={text} onChange={setText} />
        </Step>
      </FormShell>
    </DialogContent>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <section className="flex gap-3">
      <span aria-hidden className="mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-sunken text-sm font-medium tabular">
        {number}
      </span>
      <div className="min-w-0 flex-1 space-y-2">
        <h3 className="font-medium">{title}</h3>
        {children}
      </div>
    </section>
  );
}
