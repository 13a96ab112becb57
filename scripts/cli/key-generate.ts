import { generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { lstat, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { MINIMUM_KEY_BITS, SigningKey } from '../../lib/keys/signing-key';
import { expectFiles } from './command';
import type { Command } from './command';
import { EXIT, FileTrouble, Refusal } from './failure';
import { jsonLine } from './json';

const OWNER_ONLY = 0o600;

export const keyGenerate: Command = {
  name: 'key generate',
  files: '',
  summary: 'Make a new signing key',
  details: `Makes an RSA key of ${MINIMUM_KEY_BITS} bits, writes it to KEY.pem (PKCS#8, not encrypted, readable by its owner only) and tells its key id.
A file that is there already is never written over.`,
  options: { out: { value: 'KEY.pem', help: 'Where the key goes', required: true }, json: { help: 'Write {"keyId","bits","file"}' } },
  async run({ values, files, terminal }) {
    expectFiles(files, 0);
    const file = values.get('out')!;
    const whole = path.resolve(terminal.folder, file);
    // Before the seconds that the key takes; the write itself looks again.
    if (await isThere(whole)) throw taken(file);
    const privateKey = await makeKey();
    await writeNew(whole, file, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    const { keyId, bits } = SigningKey.of(privateKey);
    await terminal.write(values.has('json') ? jsonLine({ keyId, bits, file }) : `${keyId}\n`);
    return EXIT.ok;
  },
};

/** As lib/keys/generate.ts, which never lets the private half out. */
async function makeKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MINIMUM_KEY_BITS, publicExponent: 0x10001 });
  return privateKey;
}

const taken = (file: string): Refusal => new Refusal('file-exists', `${file} is there already, and a key is never written over another file. Name a new one.`);

/** Whatever else is in the way, writing meets it too and says so. */
const isThere = (whole: string): Promise<boolean> =>
  lstat(whole).then(
    () => true,
    () => false,
  );

async function writeNew(whole: string, file: string, text: string): Promise<void> {
  let handle;
  try {
    handle = await open(whole, 'wx', OWNER_ONLY);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(file) : cannotWrite(file, error);
  }
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(whole, { force: true });
    throw cannotWrite(file, error);
  } finally {
    await handle.close();
  }
}

function cannotWrite(file: string, error: unknown): FileTrouble {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'its folder is not there' : code === 'EACCES' ? 'you may not write there' : message;
  return new FileTrouble(`${file} cannot be written: ${reason}.`, { cause: error });
}
