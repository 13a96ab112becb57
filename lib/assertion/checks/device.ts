import type { Assertion } from '../assertion';
import { isEmail } from '../email';
import { ACCOUNT_ID, isSha3Digest, parseGoInteger, yearLater } from '../scalars';
import { checkModelName } from './model';
import { breaks, optionalFlag, optionalText, optionalTextList, requireMatch, requireText, requireTime } from './rules';

const ANY_KEY_ID = 'a key id: 64 characters of base64url';

/** snapd asserts/serial_asserts.go. That the device key has the id it claims is for lib/keys to say. */
export function checkSerial(assertion: Assertion): void {
  const { headers } = assertion;
  requireMatch(headers, 'brand-id', ACCOUNT_ID, 'an account id');
  checkModelName(assertion);
  requireText(headers, 'device-key');
  requireMatch(headers, 'device-key-sha3-384', isSha3Digest, ANY_KEY_ID);
  requireTime(headers, 'timestamp');
}

export function checkSerialRequest(assertion: Assertion): void {
  const { headers } = assertion;
  requireText(headers, 'brand-id');
  checkModelName(assertion);
  requireText(headers, 'request-id');
  optionalText(headers, 'serial');
  requireText(headers, 'device-key');
}

export function checkDeviceSessionRequest(assertion: Assertion): void {
  checkModelName(assertion);
  requireText(assertion.headers, 'nonce');
  requireTime(assertion.headers, 'timestamp');
}

/** snapd asserts/system_user.go */
export function checkSystemUser({ headers, format }: Assertion): void {
  requireMatch(headers, 'email', isEmail, 'an e-mail address');
  optionalTextList(headers, 'series');
  const models = optionalTextList(headers, 'models');
  const serials = optionalTextList(headers, 'serials');
  if (serials.length > 0 && format < 1) breaks('serials', 'needs format 1');
  if (serials.length > 0 && models.length !== 1) breaks('models', 'should name exactly one model beside "serials"');
  optionalText(headers, 'name');
  requireMatch(headers, 'username', /^[a-z0-9][-a-z0-9._]*$/, 'a user name: lower-case letters, digits, and . _ - after the first');
  const password = checkPassword(optionalText(headers, 'password'));
  if (optionalFlag(headers, 'force-password-change') && !password) breaks('force-password-change', 'needs a "password"');
  optionalTextList(headers, 'ssh-keys');
  const since = requireTime(headers, 'since');
  const until = requireTime(headers, 'until');
  if (until < since) breaks('until', 'cannot be before "since"');
  const presence = optionalText(headers, 'user-presence');
  if (presence !== '' && format < 2) breaks('user-presence', 'needs format 2');
  if (presence !== '' && presence !== 'until-expiration') breaks('user-presence', 'can only be "until-expiration"');
  if (models.length === 0 && until > yearLater(requireText(headers, 'since'))) breaks('until', 'can be one year after "since" at most when no models are named');
}

const CRYPT = /^[a-zA-Z0-9./]+$/;

/** `$id$salt$hash` or `$id$rounds=N$salt$hash` as crypt(3) has them, SHA-512 or newer. Whether there is one. */
function checkPassword(password: string): boolean {
  if (password === '') return false;
  const [, id = '', ...rest] = password.split('$', 6);
  if (rest.length < 2 || (rest.length === 2 && rest[0]!.startsWith('rounds='))) breaks('password', 'should be a crypt(3) hash: $6$salt$hash');
  const rounds = rest.length > 2 ? rest.shift()! : '';
  const [salt, ...hash] = rest;
  const kind = parseGoInteger(id);
  if (kind === undefined || kind < 6n) breaks('password', 'should be hashed by SHA-512 or newer: its id is 6 or higher');
  if (rounds.startsWith('rounds=')) {
    const count = parseGoInteger(rounds.slice('rounds='.length));
    if (count === undefined || count < 5000n || count > 999_999_999n) breaks('password', 'should have from 5000 to 999999999 rounds');
  }
  if (!CRYPT.test(salt!) || !CRYPT.test(hash.join('$'))) breaks('password', 'has characters in its salt or hash that crypt(3) does not know');
  return true;
}
