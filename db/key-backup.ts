import { constants, verify } from 'node:crypto';
import type { BackupKeyRequest, DrillRequest, KeyBackup, KeyView } from '@/lib/api/keys';
import { toHex, utf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { exportEncrypted } from '@/lib/keys/export';
import { readPublicKey } from '@/lib/keys/public-key';
import { localSigner, sha512 } from '@/lib/keys/signer';
import { change } from './change';
import type { Ctx } from './context';
import { readPrivateKey } from './key-import';
import { readKey, requireKey } from './key-rows';
import { recordKeyUse } from './key-uses';
import { withSealedKey } from './signer';

/** The private key under a passphrase, to be kept somewhere else; neither is kept here. Throws AppError `conflict` for a key that is retired or not sealed here. */
export async function backupKey(ctx: Ctx, name: string, { passphrase }: BackupKeyRequest): Promise<KeyBackup> {
  return change(ctx, 'key.backup', async (tx, note) => {
    const text = await withSealedKey({ ...ctx, db: tx }, name, 'a backup', (key) => exportEncrypted(key, passphrase));
    const { keyId } = await requireKey(ctx, tx, name);
    await note({ action: 'key.backup', sentence: `made a backup of key ${name}`, subject: { type: 'key', name }, details: { keyId } });
    return { fileName: `${name}.backup.pem`, text };
  });
}

/**
 * The drill: opens a backup as one would after a loss, compares its key, has it sign and verifies that with the public key that the store knows. The log of uses
 * says when that was. Nothing of the file is kept. Throws AppError `invalid` with the field that is wrong, `conflict` for a key that is not held here.
 */
export async function drillKey(ctx: Ctx, name: string, { backup, passphrase }: DrillRequest): Promise<KeyView> {
  return change(ctx, 'key.backup', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, 'share');
    if (row.custody !== 'sealed') throw new AppError('conflict', `Key ${name} is not held by Imprint, and so Imprint makes no backup of it.`);
    const file = utf8(backup);
    try {
      const key = await readPrivateKey('backup', file, { passphrase });
      if (key.keyId !== row.keyId) throw refused('other-key', `This is a backup of another key: ${key.keyId}. It would not help to bring back ${name}.`);
      const proof = utf8(`imprint restore drill ${row.keyId} ${new Date().toISOString()}`);
      const signature = await localSigner(key).sign(proof);
      const { object } = readPublicKey(row.publicKey);
      if (!verify('sha512', proof, { key: object, padding: constants.RSA_PKCS1_PADDING }, signature)) throw refused('drill-failed', `What the backup signs does not verify with the public key of ${name}. Make a new backup.`);
      await recordKeyUse({ ...ctx, db: tx }, row.id, { purpose: 'drill', subject: 'a restore drill', digest: toHex(sha512(proof)) });
    } finally {
      file.fill(0);
    }
    await note({ action: 'key.drill', sentence: `proved that the backup of key ${name} can be used`, subject: { type: 'key', name }, details: { keyId: row.keyId } });
    return readKey(ctx, tx, name);
  });
}

const refused = (code: string, message: string) => new AppError('invalid', message, { problems: [{ path: 'backup', code, message }] });
