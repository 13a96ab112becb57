import { readFileSync } from 'node:fs';
import type { JsonWebKey } from 'node:crypto';
import type { Headers } from '../assertion/assertion';
import { importSigningKey } from './signing-key';
import type { SigningKey } from './signing-key';

/** For tests: a file of fixtures/. */
export const readFixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

/** RSA-1024 with its private half in the open: for vectors only. */
export const testKey = (): SigningKey => importSigningKey(JSON.parse(readFileSync(new URL('fixtures/test-key-1024.jwk.json', import.meta.url), 'utf8')) as JsonWebKey);

export const ACME_BOX_TIME = new Date('2026-01-01T00:00:00Z');

/** Deliberately out of order: fixtures/acme-box.model is what they give. */
export const ACME_BOX: Headers = {
  timestamp: '2026-01-01T00:00:00Z',
  snaps: [
    { name: 'pc', type: 'gadget', 'default-channel': '24/stable', components: { wifi: 'optional' } },
    { type: 'kernel', name: 'pc-kernel', 'default-channel': '24/stable' },
  ],
  grade: 'dangerous',
  'display-name': 'Acme\nBox',
  base: 'core24',
  architecture: 'amd64',
  model: 'acme-box',
  'brand-id': 'acme',
  series: '16',
  revision: '1',
  'authority-id': 'acme',
  type: 'model',
};
