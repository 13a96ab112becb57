import { AppError } from '../errors';

export type KeyImportErrorCode =
  | 'key-none'
  | 'key-public-only'
  | 'key-ambiguous'
  | 'key-malformed'
  | 'key-unsupported'
  | 'key-not-rsa'
  | 'key-too-small'
  | 'key-exponent-too-big'
  | 'key-inconsistent'
  | 'key-passphrase-needed'
  | 'key-passphrase-wrong';

/**
 * Why a file is not taken as a signing key, as a sentence. Never has a cause: parsers quote what they choke on, and here that is a secret.
 * `details.keys` of `key-ambiguous` names the keys to choose from.
 */
export class KeyImportError extends AppError<KeyImportErrorCode> {
  constructor(code: KeyImportErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(code, message, { details });
  }
}

export const passphraseNeeded = (): KeyImportError => new KeyImportError('key-passphrase-needed', 'The key is locked with a passphrase: give it as well.');
export const passphraseWrong = (): KeyImportError => new KeyImportError('key-passphrase-wrong', 'The passphrase does not open the key, or the file is damaged.');
export const notRsa = (kind: string): KeyImportError => new KeyImportError('key-not-rsa', `This is a key of the kind ${kind}; assertions are signed with RSA alone.`);
export const damagedExport = (): KeyImportError => new KeyImportError('key-malformed', 'This GnuPG export cannot be read: it is damaged or cut off.');
