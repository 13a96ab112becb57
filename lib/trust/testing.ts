import { readFileSync } from 'node:fs';
import type { Assertion, Headers } from '../assertion/assertion';
import { decodeStream } from '../assertion/decode';
import { utf8 } from '../bytes';
import { SNAPD_CHECKS } from '../keys/assertion-checks';
import { signAssertion } from '../keys/sign';
import type { SigningKey } from '../keys/signing-key';

/** For tests: the assertions of a file of fixtures/. */
export const readAssertions = (name: string): Assertion[] => decodeStream(new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url))), { checks: SNAPD_CHECKS });

const TIME = new Date('2026-01-01T00:00:00Z');

/** For tests: signed with keys of any size. */
export const sign = (key: SigningKey, headers: Headers, body?: Uint8Array): Promise<Assertion> => signAssertion({ headers, key, time: TIME, minimumBits: 1024, ...(body && { body }) });

export const account = (by: SigningKey, authority: string, id: string, more: Headers = {}): Promise<Assertion> =>
  sign(by, { type: 'account', 'authority-id': authority, 'account-id': id, 'display-name': id, validation: 'unproven', timestamp: '2026-01-01T00:00:00Z', ...more });

export const accountKey = (by: SigningKey, authority: string, id: string, key: SigningKey, more: Headers = {}): Promise<Assertion> =>
  sign(
    by,
    { type: 'account-key', 'authority-id': authority, 'account-id': id, 'public-key-sha3-384': key.keyId, since: '2026-01-01T00:00:00Z', ...more },
    utf8(key.encodedPublicKey),
  );

export const model = (by: SigningKey, brand: string, more: Headers = {}): Promise<Assertion> =>
  sign(by, { type: 'model', 'authority-id': brand, series: '16', 'brand-id': brand, model: 'box', timestamp: '2026-06-01T00:00:00Z', ...more });
