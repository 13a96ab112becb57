import { expect, it } from 'vitest';
import { AppError } from '../errors';
import { parseCredentials } from './credentials';
import { bindDischarge } from './macaroon';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

/** Made by an implementation of macaroons, format 1, apart from ours: a root with one caveat, a discharge, and the discharge bound to the root. */
const ROOT = 'MDAxYmxvY2F0aW9uIHN0b3JlLmV4YW1wbGUKMDAxN2lkZW50aWZpZXIgcm9vdCBpZAowMDEyY2lkIGNhdiA9IG9uZQowMDJmc2lnbmF0dXJlIDvPDPJYeQMURgGKbIhxZLTITyKT5pNktkwNHUNfY2mmCg';
const DISCHARGE = 'MDAxYmxvY2F0aW9uIGxvZ2luLmV4YW1wbGUKMDAxZWlkZW50aWZpZXIgdGhpcmQgcGFydHkgaWQKMDAyZnNpZ25hdHVyZSBzJ5OYt2ACjEKLm7HzgjzXQGSxrx_14qXwcbI-unOLLAo';
const BOUND = 'MDAxYmxvY2F0aW9uIGxvZ2luLmV4YW1wbGUKMDAxZWlkZW50aWZpZXIgdGhpcmQgcGFydHkgaWQKMDAyZnNpZ25hdHVyZSAtEdzyyXlkcOLVzUbPNUMRG0gPccKJ0Y-x9OKpy5pypgo';
const BOTH = `Macaroon root="${ROOT}", discharge="${BOUND}"`;

it.each([
  ['a macaroon', { t: 'macaroon', v: 'abc_-09' }, 'Macaroon abc_-09'],
  ['a bearer token', { t: 'bearer', v: 'abc.def' }, 'Bearer abc.def'],
  ['a typed pair of Ubuntu One macaroons', { t: 'u1-macaroon', v: { r: ROOT, d: DISCHARGE } }, BOTH],
  ['an untyped pair of Ubuntu One macaroons', { r: ROOT, d: DISCHARGE }, BOTH],
])('reads %s from base64 of JSON', (_, credentials, header) => {
  expect(parseCredentials(base64(credentials))).toBe(header);
});

it('reads a macaroon with its discharges from JSON', () => {
  expect(parseCredentials(JSON.stringify({ macaroon: ROOT, discharges: [DISCHARGE] }))).toBe(BOTH);
});

it('takes base64 with line breaks and without padding', () => {
  const text = base64({ t: 'macaroon', v: 'abcd' }).replace(/=+$/, '');
  expect(parseCredentials(`${text.slice(0, 9)}\n${text.slice(9)}\n`)).toBe('Macaroon abcd');
});

it.each([
  ['nothing', ''],
  ['text that is no base64', 'not credentials at all!'],
  ['base64 of something that is no JSON', Buffer.from('secret-token').toString('base64')],
  ['another type', base64({ t: 'cookie', v: 'secret-token' })],
  ['a token with a line break', base64({ t: 'macaroon', v: 'secret-token\r\nX-Evil: 1' })],
  ['a token with a quote', base64({ t: 'macaroon', v: 'secret-token", x="' })],
  ['an empty token', base64({ t: 'bearer', v: '' })],
  ['a pair that are no macaroons', base64({ r: 'secret-token', d: 'secret-token' })],
  ['a root that is cut off', base64({ r: ROOT.slice(0, -4), d: DISCHARGE })],
])('refuses %s as store-auth, without repeating it', (_, text) => {
  let thrown: unknown;
  try {
    parseCredentials(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(AppError);
  expect(thrown).toMatchObject({ code: 'store-auth', cause: undefined });
  expect(JSON.stringify([String(thrown), (thrown as AppError).details, (thrown as AppError).problems])).not.toContain('secret-token');
});

it.each([['', DISCHARGE], [ROOT, ''], [ROOT, 'MDAwNQ'], [ROOT, `${DISCHARGE}AAAA`], ['****', DISCHARGE]])('does not bind what is no macaroon (%#)', (root, discharge) => {
  expect(bindDischarge(root, discharge)).toBeUndefined();
});
