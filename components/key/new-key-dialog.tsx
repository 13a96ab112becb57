'use client';

import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { ArrowRight, Circle, CircleCheck, CircleX, LoaderCircle, Plus } from 'lucide-react';
import type { KeyView } from '@/lib/api/keys';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { overviewQuery } from '../overview/queries';
import { Button } from '../ui/button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { messageOf } from '../ui/error-message';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { Input } from '../ui/input';
import { LinkButton } from '../ui/link-button';
import { Elapsed } from '../ui/time';
import { checkName } from './check-name';
import { useCreateKey, useRegisterKey } from './mutations';
import { suggestKeyName } from './suggest-name';

type Props = { open: boolean; onOpenChange: (open: boolean) => void; keys: KeyView[]; /** Where the key is made for something: what comes of it, instead of the way to models. */ use?: (name: string) => void };

export function NewKeyButton({ onClick, primary = true }: { onClick: () => void; primary?: boolean }) {
  const { whyNot } = useBrand();
  return (
    <Button variant={primary ? 'primary' : 'secondary'} disabledReason={whyNot('key.create')} onClick={onClick}>
      <Plus aria-hidden />
      New key
    </Button>
  );
}

/** One click makes the key and registers it; each of the two says how it goes. */
export function NewKeyDialog({ open, onOpenChange, keys, use }: Props) {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog open={open} onOpenChange={(next) => !busy && onOpenChange(next)}>
      <DialogContent title="New signing key" description="RSA, 4096 bits, made on this console and sealed there. Nothing but an encrypted backup ever leaves it." locked={busy}>
        <NewKeyForm keys={keys} use={use} onBusy={setBusy} />
      </DialogContent>
    </Dialog>
  );
}

type Phase = 'form' | 'generating' | 'registering' | 'refused' | 'done';

function NewKeyForm({ keys, use, onBusy }: Pick<Props, 'keys' | 'use'> & { onBusy: (busy: boolean) => void }) {
  const { slug, brand } = useBrand();
  const create = useCreateKey(slug);
  const register = useRegisterKey(slug);
  const [name, setName] = useState(() => suggestKeyName(slug, new Date().getUTCFullYear(), keys.map((key) => key.name)));
  const [phase, setPhase] = useState<Phase>('form');
  const [refusal, setRefusal] = useState('');
  const [startedAt, setStartedAt] = useState('');
  const [generatedAt, setGeneratedAt] = useState<string | null>(null);
  const local = phase === 'form' ? checkName(name, keys) : [];

  const registerIt = async () => {
    setPhase('registering');
    onBusy(true);
    try {
      const key = await register.mutateAsync(name);
      if (key.state === 'registered') return setPhase('done');
      setRefusal(key.problem ?? 'The store has taken the request and has not answered it yet.');
    } catch (error) {
      setRefusal(messageOf(error));
    } finally {
      onBusy(false);
    }
    setPhase('refused');
  };

  const start = async () => {
    if (local.length > 0) return;
    setStartedAt(new Date().toISOString());
    setGeneratedAt(null);
    setPhase('generating');
    onBusy(true);
    try {
      await create.mutateAsync(name);
    } catch {
      // The form shows create.error.
      setPhase('form');
      onBusy(false);
      return;
    }
    setGeneratedAt(new Date().toISOString());
    await registerIt();
  };

  if (phase !== 'form') {
    return (
      <div>
        <ol className="space-y-3" aria-live="polite">
          <Step state={phase === 'generating' ? 'running' : 'done'} title={phase === 'generating' ? `Generating ${name}` : `${name} is generated and sealed`} aside={startedAt && <Elapsed from={startedAt} to={generatedAt} className="tabular" />}>
            {phase === 'generating' && 'Two primes of 2048 bits are being searched for: a few seconds, by luck more or fewer.'}
          </Step>
          <Step
            state={REGISTRATION[phase]}
            title={phase === 'refused' ? 'Not registered yet' : phase === 'done' ? `${name} is registered` : 'Register it with the store'}
          >
            {phase === 'refused' ? refusal : phase === 'done' ? 'It can sign models now.' : `The store confirms with its own signature that this key belongs to ${brand.name}.`}
          </Step>
        </ol>
        {phase === 'done' && !use && <WhatNext />}
        {phase === 'done' && use && (
          <Button variant="primary" autoFocus className="mt-5" onClick={() => use(name)}>
            Use it
          </Button>
        )}
        {phase === 'refused' && (
          <div className="mt-5 flex flex-wrap gap-2">
            <Button variant="primary" onClick={() => void registerIt()}>
              Retry registration
            </Button>
            <DialogClose asChild>
              <Button variant="ghost">Later</Button>
            </DialogClose>
          </div>
        )}
      </div>
    );
  }
  return (
    <FormShell
      pending={create.isPending}
      error={create.error}
      fields={['name']}
      onSubmit={() => void start()}
      actions={
        <>
          <Button type="submit" variant="primary" pending={create.isPending}>
            Create and register key
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        </>
      }
    >
      <Field label="Name" hint="Seen by you and the store. A year in it helps when the next one comes." problems={local.length > 0 ? local : problemsAt(create.error, 'name')}>
        {(control) => (
          <Input {...control} mono autoFocus spellCheck={false} autoCapitalize="none" maxLength={64} value={name} onFocus={(event) => event.target.select()} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
    </FormShell>
  );
}

const REGISTRATION: Record<Exclude<Phase, 'form'>, keyof typeof STEP_LOOK> = { generating: 'waiting', registering: 'running', refused: 'failed', done: 'done' };

/** A key is there to sign a model: the way to one. */
function WhatNext() {
  const { slug, whyNot } = useBrand();
  const overview = useQuery(overviewQuery(slug));
  const first = overview.data?.counts.models === 0;
  return (
    <div className="mt-5 flex flex-wrap gap-2">
      <LinkButton variant="primary" href={first ? paths.newModel(slug) : paths.models(slug)} disabledReason={first ? whyNot('model.edit') : undefined} autoFocus>
        {first ? 'New model' : 'Go to models'}
        <ArrowRight aria-hidden />
      </LinkButton>
      <DialogClose asChild>
        <Button variant="ghost">Done</Button>
      </DialogClose>
    </div>
  );
}

const STEP_LOOK = {
  waiting: <Circle aria-label="Waiting" role="img" className="text-faint" />,
  running: <LoaderCircle aria-label="Running" role="img" className="animate-spin text-info" />,
  done: <CircleCheck aria-label="Done" role="img" className="text-ok" />,
  failed: <CircleX aria-label="Failed" role="img" className="text-danger" />,
} as const;

function Step({ state, title, aside, children }: { state: keyof typeof STEP_LOOK; title: string; aside?: React.ReactNode; children?: React.ReactNode }) {
  return (
    <li className="flex items-start gap-3 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0">
      {STEP_LOOK[state]}
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline justify-between gap-3 font-medium">
          <span className="min-w-0 wrap-anywhere">{title}</span>
          {aside && <span className="shrink-0 text-sm font-normal text-muted">{aside}</span>}
        </p>
        {children && <p className="mt-0.5 text-sm text-muted">{children}</p>}
      </div>
    </li>
  );
}
