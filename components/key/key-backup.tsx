'use client';

import { useState } from 'react';
import { Download, ShieldCheck } from 'lucide-react';
import { PASSPHRASE_CHARACTERS, UNPROVEN_DAYS, type KeyBackup as Backup, type KeyView } from '@/lib/api/keys';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { useNow } from '../ui/clock';
import { Fact, Facts } from '../ui/definition-list';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { Input } from '../ui/input';
import { Notice } from '../ui/notice';
import { Section } from '../ui/page-header';
import { Time } from '../ui/time';
import { useBackupKey, useDrillKey } from './mutations';
import { SecretFile } from './secret-file';

const DAY_MS = 86_400_000;

/** A sealed key is lost with its console unless a backup lies elsewhere, and a backup is a hope until it was tried. */
export function KeyBackup({ view }: { view: KeyView }) {
  const { whyNot } = useBrand();
  const [open, setOpen] = useState<'backup' | 'drill'>();
  const close = (next: boolean) => !next && setOpen(undefined);
  const { madeAt, provenAt, provenBy } = view.backup;
  return (
    <Section
      title="Backup"
      description="The private half under a passphrase, in a file that openssl can open too."
      actions={
        <>
          <Button disabledReason={whyNot('key.backup') ?? (view.state === 'retired' ? 'A retired key never signs again: there is nothing to bring back.' : undefined)} onClick={() => setOpen('backup')}>
            <Download aria-hidden />
            Make a backup
          </Button>
          <Button disabledReason={whyNot('key.backup')} onClick={() => setOpen('drill')}>
            <ShieldCheck aria-hidden />
            Restore drill
          </Button>
        </>
      }
    >
      <BackupWarning view={view} />
      <Facts>
        <Fact label="Last backup">{madeAt ? <Time at={madeAt} /> : <span className="text-muted">never</span>}</Fact>
        <Fact label="Last proven">
          {provenAt ? (
            <>
              <Time at={provenAt} /> by {provenBy?.name}
            </>
          ) : (
            <span className="text-muted">never</span>
          )}
        </Fact>
      </Facts>
      <Dialog open={open === 'backup'} onOpenChange={close}>
        <DialogContent title={`Back up ${view.name}`} description="Choose a passphrase that you can still find in ten years, and keep it apart from the file. Imprint keeps neither.">
          <BackupForm name={view.name} onDone={() => setOpen(undefined)} />
        </DialogContent>
      </Dialog>
      <Dialog open={open === 'drill'} onOpenChange={close}>
        <DialogContent title={`Restore drill for ${view.name}`} description="Opens the backup in memory, compares the key, has it sign and verifies that. Nothing is replaced, and the file is not kept.">
          <DrillForm name={view.name} onDone={() => setOpen(undefined)} />
        </DialogContent>
      </Dialog>
    </Section>
  );
}

function BackupWarning({ view: { state, backup } }: { view: KeyView }) {
  const now = useNow();
  if (state === 'retired') return null;
  const proven = backup.provenAt !== null && now - Date.parse(backup.provenAt) < UNPROVEN_DAYS * DAY_MS;
  if (proven) return null;
  const title = backup.madeAt === null ? 'This key has no backup' : backup.provenAt === null ? 'The backup was never proven' : `The backup was not proven for ${UNPROVEN_DAYS} days`;
  return (
    <Notice tone="warning" title={title} className="mb-4">
      {backup.madeAt === null ? 'If this console is lost, so is the key, and devices need models signed by another one.' : 'Run the restore drill with the file and its passphrase: better now than on the day when they are needed.'}
    </Notice>
  );
}

function BackupForm({ name, onDone }: { name: string; onDone: () => void }) {
  const { slug } = useBrand();
  const backup = useBackupKey(slug, name);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const short = passphrase.length < PASSPHRASE_CHARACTERS ? [{ path: 'passphrase', code: 'short', message: `Use at least ${PASSPHRASE_CHARACTERS} characters: whoever has the file can try as often as they like.` }] : [];
  const differs = again !== passphrase ? [{ path: 'again', code: 'differs', message: 'The two are not the same.' }] : [];
  const submit = () => {
    setTried(true);
    if (short.length > 0 || differs.length > 0) return;
    backup.mutate({ passphrase }, { onSuccess: (file) => (save(file), notify.done(`${file.fileName} is on its way to your downloads.`, { description: 'Prove it with a restore drill.' }), onDone()) });
  };
  return (
    <FormShell
      pending={backup.isPending}
      error={backup.error}
      fields={['passphrase']}
      onSubmit={submit}
      actions={
        <>
          <Button type="submit" variant="primary" pending={backup.isPending}>
            Download backup
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        </>
      }
    >
      <Field label="Passphrase" hint={`${PASSPHRASE_CHARACTERS} characters or more.`} problems={tried && short.length > 0 ? short : problemsAt(backup.error, 'passphrase')}>
        {(control) => <Input {...control} type="password" autoComplete="new-password" autoFocus value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />}
      </Field>
      <Field label="Passphrase again" problems={tried ? differs : []}>
        {(control) => <Input {...control} type="password" autoComplete="new-password" value={again} onChange={(event) => setAgain(event.target.value)} />}
      </Field>
    </FormShell>
  );
}

/** Hands the file to the browser's downloads. */
function save({ fileName, text }: Backup): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-pem-file' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

function DrillForm({ name, onDone }: { name: string; onDone: () => void }) {
  const { slug } = useBrand();
  const drill = useDrillKey(slug, name);
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState('');
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    if (!file) return;
    drill.mutate({ backup: await file.text(), passphrase }, { onSuccess: () => (notify.done(`The backup of ${name} works.`, { description: 'It opened, it is this key, and what it signs verifies.' }), onDone()) });
  };
  return (
    <FormShell
      pending={drill.isPending}
      error={drill.error}
      fields={['backup', 'passphrase']}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button type="submit" variant="primary" pending={drill.isPending}>
            Prove the backup
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
        </>
      }
    >
      <SecretFile label="Backup file" hint={`${name}.backup.pem, from where it is kept.`} accept=".pem" file={file} onChange={setFile} problems={tried && !file ? [{ path: 'backup', code: 'missing', message: 'Choose the file first.' }] : problemsAt(drill.error, 'backup')} />
      <Field label="Passphrase" problems={problemsAt(drill.error, 'passphrase')}>
        {(control) => <Input {...control} type="password" autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />}
      </Field>
    </FormShell>
  );
}
