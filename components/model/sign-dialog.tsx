'use client';

import { useState } from 'react';
import Link from 'next/link';
import type { KeyView } from '@/lib/api/keys';
import { keyName, maySign } from '@/lib/api/keys';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { suggestKeyName } from '../key/suggest-name';
import { Button } from '../ui/button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell } from '../ui/form-shell';
import { formatDay } from '../ui/format';
import { Input } from '../ui/input';
import { RadioCards } from '../ui/radio-cards';
import type { SignPlan, SignStep } from './mutations';

export type SignDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  version: number;
  /** Revision that this version is signed as already. */
  signedRevision: number | null;
  build: boolean;
  keys: KeyView[];
  pending: boolean;
  step: SignStep;
  error: unknown;
  onSign: (plan: SignPlan) => void;
  /** With a key that is kept offline. */
  onAsk: (plan: { version: number; key: string }) => void;
};

const STEP_WORDS: Record<SignStep, string> = {
  key: 'Generating a key of 4096 bits: a few seconds.',
  register: 'Registering the key with the store.',
  sign: 'Signing.',
  build: 'Asking for the image.',
};

/** Which key signs, or a new one when there is none; then straight on. */
export function SignDialog({ open, onOpenChange, pending, ...rest }: SignDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !pending && onOpenChange(next)}>
      {open && <SignContent pending={pending} {...rest} />}
    </Dialog>
  );
}

/** As the console chooses when nobody does: those that sign here come first. */
export const keysThatSign = (keys: KeyView[]): KeyView[] => keys.filter((key) => maySign(key.state)).sort((a, b) => Number(a.custody === 'offline') - Number(b.custody === 'offline'));

const CUSTODY_WORDS: Record<KeyView['custody'], string> = { sealed: 'Signs here', offline: 'Kept offline: you sign with snap sign and bring the result', external: 'In a hardware token, which signs here' };

const describeKey = (key: KeyView): string => [CUSTODY_WORDS[key.custody], key.until ? `valid until ${formatDay(key.until)}` : 'valid without end', ...(key.production ? [] : ['known to the embedded store only'])].join(' · ');

function SignContent({ version, signedRevision, build, keys, pending, step, error, onSign, onAsk }: Omit<SignDialogProps, 'open' | 'onOpenChange'>) {
  const { slug, brand, whyNot } = useBrand();
  const usable = keysThatSign(keys);
  const [chosen, setChosen] = useState(usable[0]?.name);
  const [newKey, setNewKey] = useState(() => keys.find((key) => key.state === 'draft')?.name ?? suggestKeyName(slug, new Date().getUTCFullYear(), keys.map((key) => key.name)));
  const create = usable.length === 0;
  const offline = usable.find((key) => key.name === chosen)?.custody === 'offline';
  const parsed = keyName.safeParse(newKey);
  const problems = create && !parsed.success ? parsed.error.issues.slice(0, 1).map(({ message }) => ({ path: 'key', code: 'key-name', message })) : [];
  const verb = [create ? 'Create key' : '', signedRevision === null ? 'sign' : 'sign again', build ? 'build' : ''].filter(Boolean);
  const words = verb.length > 1 ? `${verb.slice(0, -1).join(', ')} and ${verb.at(-1)}` : `${verb[0]} version ${version}`;
  const description = create
    ? `${brand.name} has no key that may sign. Imprint makes one, seals it, and has the store confirm that it is yours.`
    : signedRevision === null
      ? 'The version gets the next revision and the time of now, and never changes again.'
      : `Version ${version} is signed as revision ${signedRevision}. Signing again makes a newer revision that says the same.`;
  return (
    <DialogContent title={`Sign version ${version}`} description={description} locked={pending}>
      <FormShell
        pending={pending}
        error={error}
        onSubmit={() => {
          if (problems.length > 0) return;
          if (offline && chosen !== undefined) onAsk({ version, key: chosen });
          else onSign({ version, build, ...(create ? { newKey } : { key: chosen }) });
        }}
        actions={
          <>
            <Button type="submit" variant="primary" pending={pending} disabledReason={create ? whyNot('key.create') : undefined}>
              {offline ? 'Show what to sign' : words.charAt(0).toUpperCase() + words.slice(1)}
            </Button>
            {!pending && (
              <DialogClose asChild>
                <Button variant="ghost">Cancel</Button>
              </DialogClose>
            )}
            <p role="status" className="text-sm text-muted">
              {pending && STEP_WORDS[step]}
            </p>
          </>
        }
      >
        {create ? (
          <Field label="Name of the key" problems={problems} hint="Seen by you and the store.">
            {(control) => <Input {...control} mono spellCheck={false} autoCapitalize="none" maxLength={64} value={newKey} onFocus={(event) => event.target.select()} onChange={(event) => setNewKey(event.target.value)} />}
          </Field>
        ) : (
          <RadioCards
            name="sign-key"
            legend="Key"
            value={chosen}
            onChange={setChosen}
            cards={usable.map((key) => ({ value: key.name, label: key.name, description: describeKey(key) }))}
          />
        )}
        {create && (
          <p className="text-sm text-muted">
            A key that stays offline, or in a hardware token, is enrolled under <Link href={paths.keys(slug)} className="underline underline-offset-2">Keys</Link> first.
          </p>
        )}
      </FormShell>
    </DialogContent>
  );
}
