import { describe, expect, it } from 'vitest';
import { blobFile, directory, type TreeEntry } from '../seed/tree';
import { assertHolds, type Place } from './room';

const MIB = 2 ** 20;
const file = (path: string, sizeBytes: number) => blobFile(path, { sha3_384: '', sizeBytes });
const place = (filesystem: Place['filesystem'], sizeBytes: number, role?: Place['role']): Place => ({ role, name: 'extra', yamlIndex: 3, filesystem, sizeBytes });
const refusal = (tree: TreeEntry[], at: Place): [code: string, message: string] | undefined => {
  try {
    assertHolds(tree, at, 512);
    return undefined;
  } catch (error) {
    return [(error as { code: string }).code, (error as Error).message];
  }
};

describe('the room of a file system', () => {
  it.each([
    ['vfat-16', 12, 11, 12],
    ['vfat-32', 40, 38, 40],
    ['ext4', 40, 33, 34],
    ['ext4', 20, 17, 18],
  ] as const)('of %s and %i MiB is enough for %i MiB, and not for %i', (filesystem, size, fits, most) => {
    const at = place(filesystem, size * MIB, 'system-seed');
    expect(refusal([file('snaps/a.snap', fits * MIB)], at)).toBeUndefined();
    expect(refusal([file('snaps/a.snap', most * MIB), file('b', 1)], at)).toEqual(['seed-full', expect.stringMatching(/The largest are snaps\/a\.snap .* larger system-seed structure/)]);
  });

  it.each([['vfat-16', 'seed-full'], ['ext4', 'ext4-full']] as const)('of a gadget\'s own %s is told with its name', (filesystem, code) =>
    expect(refusal([file('a', 9 * MIB)], place(filesystem, 8 * MIB))).toEqual([code, expect.stringMatching(/^The files of "extra" need 9\.\d MiB and it holds .* make the structure larger\.$/)]));

  it('counts what directories take', () => {
    const at = place('ext4', 5 * MIB);
    const folders = Array.from({ length: 400 }, (_, i) => directory(`d${i}`));
    expect(refusal([file('a', 3 * MIB)], at)).toBeUndefined();
    expect(refusal([file('a', 3 * MIB), ...folders.slice(0, 400)], at)?.[0]).toBeUndefined();
    expect(refusal([file('a', 3.4 * MIB), ...folders, ...folders.map(({ path }) => directory(`${path}/x`))], at)?.[0]).toBe('ext4-full');
  });

  it('is for names that it can have', () => {
    expect(refusal([file('a:b', 1)], place('vfat-16', 8 * MIB))?.[0]).toBe('fat-name');
    expect(refusal([file('a:b', 1)], place('ext4', 8 * MIB))).toBeUndefined();
    expect(refusal([file(`a/${'ä'.repeat(127)}x`, 1)], place('ext4', 8 * MIB))).toBeUndefined();
    expect(refusal([file(`a/${'ä'.repeat(128)}`, 1)], place('ext4', 8 * MIB))?.[0]).toBe('ext4-name');
    expect(refusal([file('a:b', 1)], place('none', 8 * MIB))).toBeUndefined();
  });
});
