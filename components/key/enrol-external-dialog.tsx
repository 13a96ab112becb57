'use client';

import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { SignerRef } from '@/lib/api/keys';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { QueryFailed } from '../ui/query-failed';
import { Select } from '../ui/select';
import { TableSkeleton } from '../ui/skeleton';
import { checkName } from './check-name';
import type { KeyDialogProps } from './import-key-dialog';
import { useEnrolExternal } from './mutations';
import { signersQuery } from './queries';

/** A key in a PKCS#11 token, which signs and never gives the key away. */
export function EnrolExternalDialog({ open, onOpenChange, keys }: KeyDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Use a key in a token" description="A hardware security module or smart card that this console reaches over PKCS#11. The token signs; the key never leaves it.">
        <Signers keys={keys} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function Signers({ keys, onDone }: Pick<KeyDialogProps, 'keys'> & { onDone: () => void }) {
  const { slug, brand } = useBrand();
  const signers = useQuery(signersQuery(slug));
  if (signers.isPending) return <TableSkeleton rows={2} />;
  if (signers.isError) return <QueryFailed error={signers.error} onRetry={() => void signers.refetch()} />;
  if (signers.data.length === 0) {
    return (
      <Notice title="No token is configured">
        Whoever runs Imprint adds the tokens of {brand.name} to the file of brands: a name, the PKCS#11 module, the token’s label and the file with its PIN.
      </Notice>
    );
  }
  return <EnrolExternalForm signers={signers.data} keys={keys} onDone={onDone} />;
}

function EnrolExternalForm({ signers, keys, onDone }: { signers: SignerRef[]; onDone: () => void } & Pick<KeyDialogProps, 'keys'>) {
  const { slug } = useBrand();
  const enrol = useEnrolExternal(slug);
  const [signer, setSigner] = useState(signers[0]!.name);
  const [label, setLabel] = useState('');
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const local = checkName(name, keys);
  const submit = () => {
    setTried(true);
    if (local.length === 0 && label !== '') enrol.mutate({ name, signer, label }, { onSuccess: onDone });
  };
  return (
    <FormShell
      pending={enrol.isPending}
      error={enrol.error}
      fields={['signer', 'label', 'name']}
      onSubmit={submit}
      actions={
        <>
          <Button type="submit" variant="primary" pending={enrol.isPending}>
            Use this key
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        </>
      }
    >
      <Field label="Token" problems={problemsAt(enrol.error, 'signer')}>
        {(control) => (
          <Select {...control} value={signer} onChange={(event) => setSigner(event.target.value)}>
            {signers.map((each) => (
              <option key={each.name} value={each.name}>
                {each.name} · {each.token}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Label of the key" hint="As the token lists it." problems={tried && label === '' ? [{ path: 'label', code: 'missing', message: 'Say the key’s label in the token.' }] : problemsAt(enrol.error, 'label')}>
        {(control) => <Input {...control} mono spellCheck={false} maxLength={200} value={label} onChange={(event) => setLabel(event.target.value)} />}
      </Field>
      <Field label="Name" hint="What it is called here and in the store." problems={tried && local.length > 0 ? local : problemsAt(enrol.error, 'name')}>
        {(control) => <Input {...control} mono spellCheck={false} autoCapitalize="none" maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
    </FormShell>
  );
}
