'use client';

import { useState } from 'react';
import type { KeyView } from '@/lib/api/keys';
import { toBase64 } from '@/lib/bytes';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { Input } from '../ui/input';
import { checkName } from './check-name';
import { useImportKey } from './mutations';
import { SecretFile } from './secret-file';

export type KeyDialogProps = { open: boolean; onOpenChange: (open: boolean) => void; keys: KeyView[] };

/** A private key from a file is sealed here; the file and its passphrase are kept nowhere. */
export function ImportKeyDialog({ open, onOpenChange, keys }: KeyDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Import a key" description="RSA of 4096 bits or more: a GnuPG export, PEM, JWK, or a key file of snapd. It is sealed here; delete the file when all its copies should be accounted for.">
        <ImportKeyForm keys={keys} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function ImportKeyForm({ keys, onDone }: { keys: KeyView[]; onDone: () => void }) {
  const { slug } = useBrand();
  const add = useImportKey(slug);
  const [name, setName] = useState('');
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState('');
  const [which, setWhich] = useState('');
  const [tried, setTried] = useState(false);
  const local = checkName(name, keys);
  const asksWhich = which !== '' || problemsAt(add.error, 'which').length > 0;
  const submit = async () => {
    setTried(true);
    if (local.length > 0 || !file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    add.mutate({ name, file: toBase64(bytes), ...(passphrase && { passphrase }), ...(which && { which }) }, { onSuccess: onDone });
  };
  return (
    <FormShell
      pending={add.isPending}
      error={add.error}
      fields={['name', 'file', 'passphrase', 'which']}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button type="submit" variant="primary" pending={add.isPending}>
            Import key
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        </>
      }
    >
      <SecretFile
        label="Key file"
        hint="From GnuPG: gpg --homedir ~/.snap/gnupg --export-secret-keys NAME"
        accept=".asc,.gpg,.pgp,.pem,.key,.json,.jwk"
        file={file}
        onChange={setFile}
        problems={tried && !file ? [{ path: 'file', code: 'missing', message: 'Choose the file first.' }] : problemsAt(add.error, 'file')}
      />
      <Field label="Passphrase" optional hint="Of the file, if it has one." problems={problemsAt(add.error, 'passphrase')}>
        {(control) => <Input {...control} type="password" autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />}
      </Field>
      {asksWhich && (
        <Field label="Which key" hint="The end of its fingerprint, or part of its user ID." problems={problemsAt(add.error, 'which')}>
          {(control) => <Input {...control} mono spellCheck={false} value={which} onChange={(event) => setWhich(event.target.value)} />}
        </Field>
      )}
      <Field label="Name" hint="What snap keys calls it, or a new one." problems={tried && local.length > 0 ? local : problemsAt(add.error, 'name')}>
        {(control) => <Input {...control} mono spellCheck={false} autoCapitalize="none" maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
    </FormShell>
  );
}
