import type { ImportKeyRequest, KeyView } from '@/lib/api/keys';
import { fromBase64 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { importPrivateKey } from '@/lib/keys/import';
import { KeyImportError } from '@/lib/keys/import-error';
import type { SigningKey } from '@/lib/keys/signing-key';
import { assertMay } from './change';
import type { Ctx } from './context';
import { keepKey, requireFreeName } from './keys';

/** A key that somebody has in a file, sealed from here on; the file and its passphrase are kept nowhere. Throws AppError `invalid` with the field that is wrong. */
export async function importKey(ctx: Ctx, { name, file, passphrase, which }: ImportKeyRequest): Promise<KeyView> {
  assertMay(ctx, 'key.create');
  await requireFreeName(ctx, name);
  const bytes = fromBase64(file);
  if (!bytes) throw refusedImport('file', 'file-not-base64', 'The file did not arrive whole. Choose it again.');
  try {
    const key = await readPrivateKey('file', bytes, { passphrase, which });
    return await keepKey(ctx, name, key, { action: 'key.import', sentence: `imported key ${name}` });
  } finally {
    bytes.fill(0);
  }
}

/** The key in a file. Throws AppError `invalid` at `fileField`, `passphrase` or `which`; never says anything of what the file holds. */
export async function readPrivateKey(fileField: 'file' | 'backup', bytes: Uint8Array, secrets: { passphrase: string | undefined; which?: string | undefined }): Promise<SigningKey> {
  try {
    return await importPrivateKey(bytes, secrets);
  } catch (error) {
    if (!(error instanceof KeyImportError)) throw error;
    const path = error.code.startsWith('key-passphrase') ? 'passphrase' : error.code === 'key-ambiguous' && fileField === 'file' ? 'which' : fileField;
    throw refusedImport(path, error.code, error.message, error.details);
  }
}

const refusedImport = (path: string, code: string, message: string, details: Record<string, unknown> = {}) => new AppError('invalid', message, { problems: [{ path, code, message }], details });
