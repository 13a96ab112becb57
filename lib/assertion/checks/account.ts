import type { Assertion, Headers } from '../assertion';
import { isKeyName, isSha3Digest } from '../scalars';
import { asMap, breaks, optionalList, optionalText, optionalTime, requireMatch, requireText, requireTime } from './rules';

/** snapd asserts/account.go */
export function checkAccount({ headers }: Assertion): void {
  requireText(headers, 'display-name');
  requireText(headers, 'validation');
  requireTime(headers, 'timestamp');
  optionalText(headers, 'username');
}

const KEY_NAME = 'a key name: lower-case letters, digits and single inner hyphens, with a letter among them';

/** snapd asserts/account_key.go. That the body's key has the id it claims is for lib/keys to say. */
export function checkAccountKey({ headers, body }: Assertion): void {
  requireText(headers, 'account-id');
  if (headers['name'] !== undefined) requireMatch(headers, 'name', isKeyName, KEY_NAME);
  checkSinceUntil(headers);
  checkKeyBody(headers, body);
  if (headers['constraints'] !== undefined) checkConstraints(headers);
}

export function checkAccountKeyRequest({ headers, body }: Assertion): void {
  requireText(headers, 'account-id');
  requireMatch(headers, 'name', isKeyName, KEY_NAME);
  checkSinceUntil(headers);
  checkKeyBody(headers, body);
}

function checkKeyBody(headers: Headers, body: Uint8Array): void {
  requireMatch(headers, 'public-key-sha3-384', isSha3Digest, 'a key id: 64 characters of base64url');
  if (body.length === 0) breaks('body-length', 'says that there is no public key in the body');
}

function checkSinceUntil(headers: Headers): void {
  const since = requireTime(headers, 'since');
  const until = optionalTime(headers, 'until');
  if (until !== undefined && until !== GO_ZERO_TIME && until < since) breaks('until', 'cannot be before "since"');
}

/** Go's zero time, 0001-01-01T00:00:00Z, means "no end" to snapd. */
export const GO_ZERO_TIME = -62_135_596_800_000_000_000n;

function checkConstraints(headers: Headers): void {
  const list = optionalList(headers, 'constraints');
  if (list.length === 0) breaks('constraints', 'cannot be empty');
  list.forEach((item, i) => {
    const at = `constraints[${i}]`;
    const wanted = asMap(item, at)['headers'];
    if (wanted === undefined) return breaks(at, 'needs "headers"');
    const type = asMap(wanted, `${at}.headers`)['type'];
    if (typeof type !== 'string' || /[\\.+*?()|[\]{}^$]/.test(type)) breaks(`${at}.headers.type`, 'should be the plain name of a type');
  });
}
