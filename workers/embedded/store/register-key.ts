import { z } from 'zod';
import type { Assertion } from '@/lib/assertion/assertion';
import { decodeAssertion } from '@/lib/assertion/decode';
import { nanoseconds, parseTime } from '@/lib/assertion/scalars';
import { utf8 } from '@/lib/bytes';
import { isAppError } from '@/lib/errors';
import { publicKeyWithin } from '@/lib/keys/public-key';
import type { PublicKey } from '@/lib/keys/public-key';
import { MINIMUM_KEY_BITS } from '@/lib/keys/signing-key';
import { whySignatureFails } from '@/lib/keys/verify';
import type { Authority } from './authority';
import { Refusal } from './reply';
import type { Shelf } from './shelf';

export const registration = z.object({ account_key_request: z.string() });

/**
 * Issues the account-key that a self-signed request asks for. The same request again is answered alike, since its first answer may have been lost.
 * Throws Refusal with what is wrong.
 */
export async function registerKey(shelf: Shelf, authority: Authority, accountId: string, requestText: string, now: Date): Promise<Assertion> {
  const request = readRequest(requestText);
  const key = readKey(request);
  const text = (header: string) => String(request.headers[header] ?? '');

  if (request.signKeyId !== key.keyId || whySignatureFails(request, key) !== undefined) throw refuse('invalid-signature', 'The request is not signed by the key that it holds.');
  if (text('account-id') !== accountId) throw new Refusal(403, 'account-mismatch', `The request is for the account ${text('account-id')}, but these credentials belong to ${accountId}.`);
  if (key.bits < MINIMUM_KEY_BITS) throw refuse('key-too-small', `The key has ${key.bits} bits; at least ${MINIMUM_KEY_BITS} are needed.`);
  if (isPast(text('until'), now)) throw refuse('key-expired', 'The key would be expired from the start.');

  const known = await shelf.get('account-key', [key.keyId]);
  if (known) {
    if (known.headers['account-id'] === accountId && known.headers['name'] === text('name')) return known;
    throw refuse('key-already-registered', 'This key is already registered, under another name or by another account.');
  }
  const own = (await shelf.list('account-key')).filter((one) => one.headers['account-id'] === accountId);
  if (own.some((one) => one.headers['name'] === text('name'))) throw refuse('key-name-taken', `The account ${accountId} already has a key named "${text('name')}". Choose another name.`);

  const issued = await authority.issue(
    { type: 'account-key', 'account-id': accountId, name: text('name'), 'public-key-sha3-384': key.keyId, since: text('since'), ...(text('until') && { until: text('until') }) },
    utf8(key.encoded),
  );
  await shelf.put(issued);
  return issued;
}

const refuse = (code: string, message: string) => new Refusal(400, code, message);

function readRequest(text: string): Assertion {
  const request = readable(() => decodeAssertion(utf8(text)), 'invalid-assertion', 'The text is not an assertion');
  if (request.type !== 'account-key-request') throw refuse('invalid-assertion', `This is a ${request.type}, not an account-key-request.`);
  return request;
}

const readKey = (request: Assertion): PublicKey => readable(() => publicKeyWithin(request), 'invalid-key', 'The public key in the request cannot be used');

/** Hostile input is refused in words; anything else that is thrown is a bug of ours. */
function readable<T>(read: () => T, code: string, what: string): T {
  try {
    return read();
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw refuse(code, `${what}: ${error.message}`);
  }
}

function isPast(time: string, now: Date): boolean {
  const at = time === '' ? undefined : parseTime(time);
  return at !== undefined && at <= nanoseconds(now);
}
