import { describe, expect, it } from 'vitest';
import type { BuildLock } from './lock';
import { parseLock } from './parse-lock';

const DIGEST = 'a'.repeat(96);
const LOCK: BuildLock = {
  format: 2,
  model: { brandId: 'acme', model: 'kiosk', revision: 0, sha3_384: DIGEST },
  label: '20260101',
  epoch: 1_767_225_600,
  sectorSize: 512,
  sizeProfile: 'full',
  imageSizes: { pc: 2 ** 33 },
  bootFlags: [],
  snaps: [{ name: 'pc', snapId: 'x'.repeat(32), type: 'gadget', revision: 13, sha3_384: DIGEST, sizeBytes: 4096, channel: '22/stable', inModel: true, auxInfo: { private: false, contact: '', links: {} }, components: [] }],
  validationSets: [],
  assertions: [{ type: 'model', primaryKey: ['16', 'acme', 'kiosk'], revision: 0, sha3_384: DIGEST }],
  extraAssertions: [],
};

const refused = (value: unknown) => expect(() => parseLock(value, 'lock.json')).toThrow(expect.objectContaining({ code: 'lock-format', message: expect.stringMatching(/^lock\.json .*\.$/) }));

describe('a lock', () => {
  it('is read as it was written, with what a later version adds', () => {
    const more = { ...LOCK, more: true };
    expect(parseLock(JSON.parse(JSON.stringify(more)), 'lock.json')).toEqual(more);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['another format', { ...LOCK, format: 1 }],
    ['no snaps', { ...LOCK, snaps: null }],
    ['a snap that is none', { ...LOCK, snaps: [null] }],
    ['a number as label', { ...LOCK, label: 7 }],
    ['sectors of no size there is', { ...LOCK, sectorSize: 2 ** 30 }],
    ['a time that is none', { ...LOCK, epoch: 1e300 }],
    ['a negative time', { ...LOCK, epoch: -1 }],
    ['sizes that are none', { ...LOCK, imageSizes: { pc: '9' } }],
    ['flags that are none', { ...LOCK, bootFlags: 'factory' }],
    ['a digest with a path in it', { ...LOCK, snaps: [{ ...LOCK.snaps[0], sha3_384: '../../etc/passwd' }] }],
  ])('is refused with %s', (_, value) => refused(value));

  it('has every part that it is made of', () => {
    for (const key of Object.keys(LOCK)) refused({ ...LOCK, [key]: undefined });
  });
});
