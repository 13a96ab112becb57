'use client';

import { useState } from 'react';
import { Plus } from 'lucide-react';
import type { Scope } from '@/lib/access';
import { tokenName, type CreatedToken } from '@/lib/api/tokens';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { formatDay } from '../ui/format';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { Select } from '../ui/select';
import { useCreateToken } from './mutations';
import { ScopeBoxes } from './scope-boxes';

const EXPIRIES: [number, string][] = [
  [7, 'in a week'],
  [30, 'in 30 days'],
  [90, 'in 90 days'],
  [180, 'in 180 days'],
  [365, 'in a year'],
];

export function NewTokenButton({ onClick }: { onClick: () => void }) {
  const { whyNot } = useBrand();
  return (
    <Button variant="primary" disabledReason={whyNot('token.create')} onClick={onClick}>
      <Plus aria-hidden />
      New API token
    </Button>
  );
}

/** While the secret is shown, the dialog is left by its own button only: there is no second look. */
export function NewTokenDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [shown, setShown] = useState(false);
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="New API token" description="For scripts, CI and snap sign. It acts for you in this brand: it does what you tick here, as long as you may do it yourself." locked={shown}>
        <NewTokenForm onShown={setShown} />
      </DialogContent>
    </Dialog>
  );
}

function NewTokenForm({ onShown }: { onShown: (shown: boolean) => void }) {
  const { slug } = useBrand();
  const create = useCreateToken(slug);
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>(['read']);
  const [expiresInDays, setExpiresInDays] = useState(90);
  const [tried, setTried] = useState(false);
  if (create.data) return <NewSecret created={create.data} onDone={() => onShown(false)} />;

  const named = tokenName.safeParse(name);
  const nameProblems = named.success ? [] : named.error.issues.slice(0, 1).map(({ code, message }) => ({ path: 'name', code, message }));
  const scopeProblems = scopes.length > 0 ? [] : [{ path: 'scopes', code: 'none', message: 'Choose at least one thing that it may do.' }];
  const submit = () => {
    setTried(true);
    if (!named.success || scopeProblems.length > 0) return;
    create.mutate({ name: named.data, scopes, expiresInDays }, { onSuccess: () => onShown(true) });
  };
  return (
    <FormShell
      pending={create.isPending}
      error={create.error}
      fields={['name', 'scopes', 'expiresInDays']}
      onSubmit={submit}
      actions={
        <>
          <Button type="submit" variant="primary" pending={create.isPending}>
            Create token
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        </>
      }
    >
      <Field label="Name" hint="Seen in the audit log beside your name." problems={tried && nameProblems.length > 0 ? nameProblems : problemsAt(create.error, 'name')}>
        {(control) => <Input {...control} autoFocus maxLength={60} value={name} onChange={(event) => setName(event.target.value)} placeholder="Release pipeline" />}
      </Field>
      <ScopeBoxes value={scopes} onChange={setScopes} problems={tried && scopeProblems.length > 0 ? scopeProblems : problemsAt(create.error, 'scopes')} />
      <Field label="Stops working" problems={problemsAt(create.error, 'expiresInDays')}>
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
    </FormShell>
  );
}

function NewSecret({ created: { token, secret }, onDone }: { created: CreatedToken; onDone: () => void }) {
  return (
    <div className="space-y-4">
      <Notice tone="ok" role="status" title={`${token.name} is ready`}>
        Copy the token now: only a fingerprint of it is kept, so it cannot be shown again. It works until {formatDay(token.expiresAt)}.
      </Notice>
      <div className="flex items-center gap-2">
        <Input mono readOnly aria-label="API token" value={secret} autoFocus onFocus={(event) => event.target.select()} />
        <CopyButton value={secret} label="Copy token" withText variant="primary" className="h-9" />
      </div>
      <p className="text-sm text-muted">
        Send it as <code className="font-mono">Authorization: Bearer imprint_…</code> and keep it like a password: whoever has it, acts for you.
      </p>
      <DialogClose asChild>
        <Button onClick={onDone}>Done</Button>
      </DialogClose>
    </div>
  );
}
