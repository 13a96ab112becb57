import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeAssertion } from '../assertion/encode';
import { fromUtf8 } from '../bytes';
import { ACME_BOX, ACME_BOX_TIME, readFixture, testKey } from './testing';
import { signAssertion } from './sign';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const request = () => ({ headers: ACME_BOX, key: testKey(), time: ACME_BOX_TIME, minimumBits: 1024 });

describe('signing', () => {
  it('makes the very bytes that snapd makes of the same headers, key and time', async () => {
    const signed = await signAssertion(request());
    expect(fromUtf8(encodeAssertion(signed))).toBe(fromUtf8(readFixture('acme-box.model')));
    expect(encodeAssertion(signed)).toHaveLength(667);
    expect(signed.content).toHaveLength(462);
    expect(sha256(encodeAssertion(signed))).toMatch(/^e1e5ecd9.*c14937$/);
    expect(sha256(signed.content)).toMatch(/^65a754a1.*fbdf7d$/);
  });
});
