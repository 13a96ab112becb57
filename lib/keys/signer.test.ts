import { createHash, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeAssertion } from '../assertion/encode';
import { concat, fromUtf8, utf8 } from '../bytes';
import { makeAccountKeyRequest } from './account-key-request';
import { generateSigningKey } from './generate';
import { signAssertion } from './sign';
import { digestInfo, digestWithin, localSigner, signPrepared } from './signer';
import type { Signer } from './signer';
import { privateKeyOf } from './signing-key';
import { ACME_BOX, ACME_BOX_TIME, readFixture, testKey } from './testing';

const BYTES = utf8('what is signed');
const DIGEST = new Uint8Array(createHash('sha512').update(BYTES).digest());

describe('a signer', () => {
  it('gives what node:crypto gives, hashing by itself or not', async () => {
    for (const key of [testKey(), await generateSigningKey(2048)]) {
      const expected = new Uint8Array(sign('sha512', BYTES, privateKeyOf(key)));
      expect(await localSigner(key).sign(BYTES)).toEqual(expected);
      expect(await localSigner(key).signDigest(DIGEST)).toEqual(expected);
      expect(signPrepared(key, DIGEST)).toEqual(expected);
    }
  });

  it('signs assertions and requests as the key itself does, wherever its private half is', async () => {
    const asked: Uint8Array[] = [];
    const signer: Signer = { ...localSigner(testKey()), sign: (bytes) => (asked.push(bytes), localSigner(testKey()).sign(bytes)) };
    const request = { headers: ACME_BOX, time: ACME_BOX_TIME, minimumBits: 1024 };
    expect(fromUtf8(encodeAssertion(await signAssertion({ ...request, key: signer })))).toBe(fromUtf8(readFixture('acme-box.model')));
    const account = { accountId: 'acme', name: 'models', since: ACME_BOX_TIME, time: ACME_BOX_TIME, minimumBits: 1024 };
    expect(await makeAccountKeyRequest({ ...account, key: signer })).toEqual(await makeAccountKeyRequest({ ...account, key: testKey() }));
    expect(asked).toHaveLength(2);
  });

  it('is not believed: what does not verify is not given out', async () => {
    const signer: Signer = { ...localSigner(testKey()), sign: async () => new Uint8Array(128) };
    await expect(signAssertion({ headers: ACME_BOX, key: signer, time: ACME_BOX_TIME, minimumBits: 1024 })).rejects.toMatchObject({ code: 'signing-failed' });
    await expect(signAssertion({ headers: ACME_BOX, key: signer, time: ACME_BOX_TIME })).rejects.toMatchObject({ code: 'key-too-small' });
  });
});

describe('a prepared digest', () => {
  it('is the SHA-512 behind what says so', () => {
    expect(digestInfo(DIGEST)).toHaveLength(83);
    expect(digestWithin(digestInfo(DIGEST))).toEqual(DIGEST);
  });

  it('is refused when it is anything else', () => {
    const info = digestInfo(DIGEST);
    const other = info.slice();
    other[14] = 1;
    for (const wrong of [DIGEST, new Uint8Array(0), info.subarray(1), concat(info, Uint8Array.of(0)), other]) expect(() => digestWithin(wrong)).toThrow(expect.objectContaining({ code: 'digest-malformed' }));
    for (const wrong of [info, DIGEST.subarray(1), new Uint8Array(0)]) expect(() => signPrepared(testKey(), wrong)).toThrow(expect.objectContaining({ code: 'digest-malformed' }));
  });
});
