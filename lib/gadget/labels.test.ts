import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { labelFault } from './labels';

const folder = mkdtempSync(path.join(tmpdir(), 'imprint-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tool = (name: string, ...args: string[]) => spawnSync(`/usr/sbin/${name}`, args, { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv });

/** Whether mkfs.fat takes a label and fsck.fat has nothing to say of it. */
function isTakenByFat(label: string): boolean {
  const file = path.join(folder, 'fat');
  rmSync(file, { force: true });
  if (tool('mkfs.fat', '-C', '-F', '16', '-n', label, file, '9000').status !== 0) return false;
  const checked = tool('fsck.fat', '-n', file);
  return checked.status === 0 && !/label/i.test(checked.stdout);
}

/** The label that an ext4 file system has which was to have this one. */
function ext4Label(label: string): string {
  const file = path.join(folder, 'ext4');
  rmSync(file, { force: true });
  expect(tool('mke2fs', '-q', '-t', 'ext4', '-L', label, file, '1m').status).toBe(0);
  return readFileSync(file).subarray(1024 + 120, 1024 + 136).toString('utf8').replace(/\0+$/, '');
}

describe('a label of FAT', () => {
  it('has the characters that mkfs.fat takes and fsck.fat leaves', () => {
    const characters = Array.from({ length: 127 }, (_, i) => String.fromCharCode(i + 1));
    const refused = characters.filter((c) => labelFault(`A${c}B`, 'vfat-32') !== undefined);
    expect(refused).toEqual(characters.filter((c) => !isTakenByFat(`A${c}B`)));
    expect(refused.slice(31).join('')).toBe('"*+,./:;<=>?[\\]|');
  });

  it.each(['', ' ', '   ', ' A', 'A ', 'A B', 'NO NAME', 'no name', 'my_data', 'ubuntu-seed', 'abcdefghijk', 'abcdefghijkl', 'NO NAME     ', 'my.data/x', 'é', 'Õ', '日本', '-n', '~1', '{}', "a'b", 'a\x7fb'])('is what mkfs.fat says of %j', (label) =>
    expect(labelFault(label, 'vfat-16') === undefined).toBe(isTakenByFat(label)));
});

describe('a label of ext4', () => {
  it.each(['', 'writable', 'sixteen-letters.', 'seventeen-letters', 'my.data/x:*?', 'größe', 'ä'.repeat(8), 'ä'.repeat(9), `${'a'.repeat(15)}ä`, '日本語日本', '日本語日本語', ' -L'])('is one that mke2fs does not cut short: %j', (label) =>
    expect(labelFault(label, 'ext4') === undefined).toBe(ext4Label(label) === label));

  it('is text that a tool can be given', () => expect(labelFault('a\0b', 'ext4')).toMatch(/NUL/));
});

it('a structure without a file system may have any label', () => expect(labelFault('x'.repeat(100), 'none')).toBeUndefined());
