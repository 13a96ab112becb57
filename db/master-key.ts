import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fromBase64, toBase64 } from '@/lib/bytes';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';

let held: Promise<Uint8Array> | undefined;

/**
 * The 32 bytes that private keys are sealed under: from the environment, or from its file.
 * Throws AppError `master-key-missing` or `master-key-unusable`.
 */
export function masterKey(): Promise<Uint8Array> {
  held ??= readMasterKey().catch((error: unknown) => {
    held = undefined;
    throw error;
  });
  return held;
}

/** For tests and tools that have the key themselves. */
export function holdMasterKey(key: Uint8Array): void {
  held = Promise.resolve(key);
}

async function readMasterKey(): Promise<Uint8Array> {
  const { IMPRINT_MASTER_KEY, IMPRINT_MASTER_KEY_FILE } = env();
  return (IMPRINT_MASTER_KEY && fromBase64(IMPRINT_MASTER_KEY)) || readMasterKeyFile(IMPRINT_MASTER_KEY_FILE);
}

/** Throws AppError `master-key-missing`, or `master-key-unusable` for a file that others may read or that holds something else. */
export async function readMasterKeyFile(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw missing(path);
    throw error;
  });
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(3, '0');
      throw unusable(`The master key file ${path} can be read by other accounts (mode ${octal}). Make it yours alone: chmod 600 ${path}`);
    }
    const key = fromBase64((await file.readFile('utf8')).trim());
    if (key?.length !== 32) {
      throw unusable(`The master key file ${path} does not hold the base64 of exactly 32 bytes. Put the one back that the keys were sealed under.`);
    }
    return key;
  } finally {
    await file.close();
  }
}

/** Makes the key's file where there is none yet and the environment has no key: for a database in which nothing is sealed. */
export async function makeMasterKey(): Promise<void> {
  const { IMPRINT_MASTER_KEY, IMPRINT_MASTER_KEY_FILE } = env();
  if (held === undefined && !IMPRINT_MASTER_KEY) await makeMasterKeyFile(IMPRINT_MASTER_KEY_FILE);
}

/** Mode 0600. Of several processes that start together, the link makes one win, with a whole file. */
export async function makeMasterKeyFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const whole = `${path}.${randomUUID()}`;
  await writeFile(whole, `${toBase64(randomBytes(32))}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(whole, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

const missing = (path: string) =>
  new AppError(
    'master-key-missing',
    `There is no master key in ${path}, and the private keys in the database were sealed under one. Put that file back, from where it is kept apart from the database, or name it with IMPRINT_MASTER_KEY_FILE. If it is lost for good, start once with IMPRINT_MASTER_KEY_LOST=yes: the keys that were sealed under it stay closed for ever.`,
  );
const unusable = (message: string) => new AppError('master-key-unusable', message);
