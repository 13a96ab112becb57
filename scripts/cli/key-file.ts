import { importPrivateKey } from '../../lib/keys/import';
import { MINIMUM_KEY_BITS } from '../../lib/keys/signing-key';
import type { SigningKey } from '../../lib/keys/signing-key';
import type { Option, Values } from './command';
import { about } from './failure';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';

export const KEY_OPTIONS: Record<string, Option> = {
  key: { value: 'KEY.pem', help: 'The private key: PEM, JWK, or what gpg --export-secret-keys writes', required: true },
  'passphrase-file': { value: 'FILE', help: 'A file whose first line opens a locked key' },
  'allow-small-key': { help: `Take a key under ${MINIMUM_KEY_BITS} bits, which no store takes` },
};

/** The key that the options name, of the size that it must have. Throws Refusal with the file's name. */
export async function readSigningKey(values: Values, terminal: Terminal): Promise<{ key: SigningKey; minimumBits: number }> {
  const file = values.get('key')!;
  const bytes = await terminal.read(file);
  const passphraseFile = values.get('passphrase-file');
  const passphrase = passphraseFile === undefined ? undefined : Buffer.from(await terminal.read(passphraseFile)).toString('utf8').split(/\r?\n/, 1)[0];
  const allowSmall = values.has('allow-small-key');
  const key = await about(nameOf(file), () => importPrivateKey(bytes, { passphrase, allowSmall }));
  return { key, minimumBits: allowSmall ? key.bits : MINIMUM_KEY_BITS };
}
