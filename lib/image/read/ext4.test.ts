import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Ext4FileSystem } from './ext4';
import { codeOf, memory } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(path.join(tmpdir(), 'imprint-ext4-test-'));
const MIB = 2 ** 20;
const LONG = 'x'.repeat(200);
/** With a hole, and in pieces of several blocks. */
const holed = Buffer.alloc(3 * MIB);
holed.fill(7, 0, 5000);
holed.fill(9, 2 * MIB);

function make(name: string, ...args: string[]): Buffer {
  const file = path.join(folder, name);
  execFileSync('/usr/sbin/mke2fs', ['-q', '-F', '-t', 'ext4', '-O', '^metadata_csum_seed,^orphan_file', '-d', path.join(folder, 'tree'), ...args, file, '16M'], { stdio: 'pipe' });
  return readFileSync(file);
}

beforeAll(() => {
  mkdirSync(path.join(folder, 'tree/many'), { recursive: true });
  for (let i = 0; i < 300; i += 1) writeFileSync(path.join(folder, `tree/many/file ${i}`), String(i));
  writeFileSync(path.join(folder, 'tree/holed'), holed);
  symlinkSync('many/file 1', path.join(folder, 'tree/short'));
  symlinkSync(LONG, path.join(folder, 'tree/long'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an ext4 file system', () => {
  it.each([
    ['blocks of 1 KiB', ['-b', '1024']],
    ['blocks of 4 KiB', ['-b', '4096']],
    ['no 64-bit numbers', ['-b', '1024', '-O', '^64bit,^metadata_csum']],
    ['small inodes', ['-b', '4096', '-I', '128']],
  ])('with %s is read, every file, folder and link', async (_, args) => {
    const ext4 = await Ext4FileSystem.open(memory(make('fs', '-L', 'writable', ...args)));
    expect(ext4.label).toBe('writable');
    expect(ext4.list('')!.sort()).toEqual(['holed', 'long', 'lost+found', 'many', 'short']);
    expect(ext4.list('many')).toHaveLength(300);
    expect(ext4.list('holed')).toBeUndefined();
    for (const i of [0, 77, 299]) expect(Buffer.from(await ext4.read(ext4.find(`many/file ${i}`)!, 10)).toString()).toBe(String(i));
    expect(Buffer.from(await ext4.read(ext4.find('holed')!, 4 * MIB)).equals(holed)).toBe(true);
    expect(await ext4.target(ext4.find('short')!)).toBe('many/file 1');
    expect(await ext4.target(ext4.find('long')!)).toBe(LONG);
    expect(ext4.find('Many')).toBeUndefined();
    expect(await codeOf(() => ext4.read(ext4.find('holed')!, 100))).toBe('image-ext4-limit');
  });

  it.each<[string, string, string[]]>([
    ['image-ext4-unread', 'whose content is in its inodes', ['-O', 'inline_data']],
    ['image-ext4-unread', 'with blocks as ext3 has them', ['-O', '^extents,^64bit']],
  ])('%s: one %s', async (code, _, args) => expect(await codeOf(() => Ext4FileSystem.open(memory(make('other', ...args))))).toBe(code));

  it('is refused when it is cut short or was not closed', async () => {
    const whole = make('fs', '-b', '1024');
    expect(await codeOf(() => Ext4FileSystem.open(memory(whole.subarray(0, 8 * MIB))))).toBe('image-ext4');
    expect(await codeOf(() => Ext4FileSystem.open(memory(whole.subarray(0, 1500))))).toBe('image-truncated');
    const open = Buffer.from(whole);
    open[1024 + 58] = 2;
    expect(await codeOf(() => Ext4FileSystem.open(memory(open)))).toBe('image-ext4');
  });

  it('never makes its reader read outside or without end, whatever was changed', async () => {
    const whole = make('fs', '-b', '1024');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1024, max: 400 * 1024 }), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 20 }), async (changes) => {
        const changed = Buffer.from(whole);
        for (const [at, mask] of changes) changed[at]! ^= mask;
        const reader = memory(changed);
        expect((await codeOf(() => Ext4FileSystem.open(reader))) ?? 'image-').toMatch(/^image-/);
        expect(reader.readBytes).toBeLessThan(256 * MIB);
      }),
      { numRuns: 60 },
    );
  });
});
