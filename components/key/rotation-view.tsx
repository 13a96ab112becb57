'use client';

import { useState } from 'react';
import Link from 'next/link';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { ArrowRight, CircleCheck, PenLine } from 'lucide-react';
import { maySign, type KeyRotation, type KeyView } from '@/lib/api/keys';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { plural } from '../ui/format';
import { LinkButton } from '../ui/link-button';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Progress } from '../ui/progress';
import { Select } from '../ui/select';
import { KeyState } from './key-state';
import { NewKeyDialog } from './new-key-dialog';
import { usePlanRotation, useSignAgain } from './mutations';
import { keysQuery, rotationQuery } from './queries';
import { RegisterButton } from './register-button';
import { RetireKey } from './retire-key';

/** The guided way from one key to the next: choose it, sign every model again, retire the old one. What is done shows in the data, so it can be left and taken up again. */
export function RotationView({ name }: { name: string }) {
  const { slug } = useBrand();
  const { data: rotation } = useSuspenseQuery(rotationQuery(slug, name));
  const { key, successor, models } = rotation;
  const waiting = models.filter((model) => model.waiting).length;
  const ready = successor !== null && maySign(successor.state);
  return (
    <>
      <PageHeader title={`Replace ${key.name}`} state={<KeyState state={key.state} size="md" />} description="Devices that run what the old key has signed are not touched: they take the next revision of their model, signed by the new key." />
      <ol className="max-w-180 space-y-8">
        <Step number={1} title="The key that follows" done={ready}>
          <Successor rotation={rotation} />
        </Step>
        <Step number={2} title="Sign the models again" done={ready && waiting === 0}>
          {models.length === 0 ? <p className="text-muted">{key.name} has signed no model.</p> : <Models rotation={rotation} ready={ready} waiting={waiting} />}
        </Step>
        <Step number={3} title={`Retire ${key.name}`} done={key.state === 'retired'}>
          <Retire view={key} ready={ready} waiting={waiting} />
        </Step>
      </ol>
    </>
  );
}

function Step({ number, title, done, children }: { number: number; title: string; done: boolean; children: React.ReactNode }) {
  return (
    <li className="flex gap-4">
      {done ? <CircleCheck role="img" aria-label="Done" className="mt-0.5 size-6 shrink-0 text-ok" /> : <span aria-hidden className="mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-sunken text-sm font-medium tabular">{number}</span>}
      <div className="min-w-0 flex-1 space-y-3">
        <h2 className="text-lg font-semibold">{title}</h2>
        {children}
      </div>
    </li>
  );
}

function Successor({ rotation: { key, successor } }: { rotation: KeyRotation }) {
  const { slug, whyNot } = useBrand();
  const plan = usePlanRotation(slug, key.name);
  const keys = useQuery(keysQuery(slug));
  const [chosen, setChosen] = useState('');
  const [creating, setCreating] = useState(false);
  const follow = (name: string) => plan.mutate(name, { onError: notify.failed, onSettled: () => setCreating(false) });
  const others = keys.data?.filter((each) => each.name !== key.name && each.state !== 'retired' && each.state !== 'expired') ?? [];
  if (successor) {
    return (
      <>
        <div className="flex flex-wrap items-center gap-3">
          <Link href={paths.key(slug, successor.name)} className="link font-mono text-sm">
            {successor.name}
          </Link>
          <KeyState state={successor.state} />
          <RegisterButton view={successor} />
          {key.state !== 'retired' && (
            <Button size="sm" variant="ghost" pending={plan.isPending} disabledReason={whyNot('key.retire')} onClick={() => plan.mutate(null, { onError: notify.failed })}>
              Choose another
            </Button>
          )}
        </div>
        {!maySign(successor.state) && <p className="text-sm text-muted">It has to be registered before it signs.</p>}
      </>
    );
  }
  if (key.state === 'retired') return <p className="text-muted">{key.name} was retired without one.</p>;
  return (
    <div className="flex flex-wrap items-end gap-3">
      <Field label="Key" className="w-72 max-sm:w-full">
        {(control) => (
          <Select {...control} value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">{others.length === 0 ? 'There is no other key yet' : 'Choose one'}</option>
            {others.map((each) => (
              <option key={each.name} value={each.name}>
                {each.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button variant="primary" pending={plan.isPending} disabledReason={whyNot('key.retire') ?? (chosen === '' ? 'Choose a key first.' : undefined)} onClick={() => follow(chosen)}>
        Use it
      </Button>
      <Button disabledReason={whyNot('key.create')} onClick={() => setCreating(true)}>
        Make a new key
      </Button>
      <NewKeyDialog open={creating} onOpenChange={setCreating} keys={keys.data ?? []} use={follow} />
    </div>
  );
}

function Models({ rotation: { key, successor, models }, ready, waiting }: { rotation: KeyRotation; ready: boolean; waiting: number }) {
  const { slug } = useBrand();
  return (
    <>
      <div className="flex items-center gap-3">
        <Progress value={(models.length - waiting) / models.length} label="Models signed again" />
        <span className="shrink-0 text-sm text-muted tabular">
          {models.length - waiting} of {models.length}
        </span>
      </div>
      <ul className="divide-y divide-line border-y border-line">
        {models.map((model) => (
          <li key={model.model} className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2">
            <span className="min-w-0">
              <Link href={paths.model(slug, model.model)} className="link font-mono text-sm wrap-anywhere">
                {model.model}
              </Link>
              <span className="block text-sm text-muted">
                version {model.version}, revision {model.revision} by {model.keyName}
              </span>
            </span>
            {model.waiting && successor && <SignAgain old={key.name} model={model.model} version={model.version} successor={successor} ready={ready} />}
            {!model.waiting && <span className="text-sm text-ok">Signed again</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function SignAgain({ old, model, version, successor, ready }: { old: string; model: string; version: number; successor: KeyView; ready: boolean }) {
  const { slug, whyNot } = useBrand();
  const sign = useSignAgain(slug, old, model);
  if (successor.custody === 'offline') {
    return (
      <LinkButton size="sm" href={paths.modelVersions(slug, model)} disabledReason={whyNot('model.sign')}>
        Sign offline
        <ArrowRight aria-hidden />
      </LinkButton>
    );
  }
  const start = () => sign.mutate({ version, key: successor.name }, { onError: notify.failed });
  return (
    <Button size="sm" pending={sign.isPending} disabledReason={whyNot('model.sign') ?? (ready ? undefined : `${successor.name} is not registered yet.`)} onClick={start}>
      <PenLine aria-hidden />
      Sign version {version} again
    </Button>
  );
}

function Retire({ view, ready, waiting }: { view: KeyView; ready: boolean; waiting: number }) {
  if (view.state === 'retired') return <p className="text-muted">It is retired. What it has signed stays valid.</p>;
  return (
    <>
      {(!ready || waiting > 0) && <Notice>{ready ? `${plural(waiting, 'model')} still ${waiting === 1 ? 'has its' : 'have their'} newest signature from it.` : 'Until the next key can sign, leave this one as it is.'}</Notice>}
      <RetireKey view={view} />
    </>
  );
}
