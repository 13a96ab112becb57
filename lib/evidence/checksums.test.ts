import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseChecksums, writeChecksums } from './checksums';

const folder = mkdtempSync(join(tmpdir(), 'imprint-checksums-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const ODD_NAMES = ['plain.img.zst', 'b.img', 'with space', ' space first', '*star', 'back\\slash', 'line\nend', 'back\\nslash and\nend', 'carriage\rreturn', 'ümlaut', '-n', '\\'];
const files = ODD_NAMES.map((fileName) => ({ fileName, sha256: digestOf(fileName) }));

describe('SHA256SUMS', () => {
  it('passes sha256sum -c, whatever the files are called', () => {
    for (const name of ODD_NAMES) writeFileSync(join(folder, name), name);
    writeFileSync(join(folder, 'SHA256SUMS'), writeChecksums(files));
    const checked = execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(checked.split(/: OK\n/).length - 1).toBe(ODD_NAMES.length);
  });

  it('fails sha256sum -c once a file is another', () => {
    writeFileSync(join(folder, 'b.img'), 'changed');
    expect(spawnSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: folder }).status).toBe(1);
  });

  it('reads what sha256sum writes', () => {
    writeFileSync(join(folder, 'b.img'), 'b.img');
    for (const mode of ['--text', '--binary']) expect(parseChecksums(execFileSync('sha256sum', [mode, '--', ...ODD_NAMES], { cwd: folder, encoding: 'utf8' }))).toEqual(files);
  });

  it('is sorted by the bytes of the names', () => {
    expect(writeChecksums(['b', 'ä', 'Z', 'a'].map((fileName) => ({ fileName, sha256: 'e'.repeat(64) }))).match(/\S+$/gm)).toEqual(['Z', 'a', 'b', 'ä']);
  });

  it('reads back what was written', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '\\', '\n', '\r', 'n', ' ', '*'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const list = names.map((fileName) => ({ fileName, sha256: digestOf(fileName) }));
        const byName = (a: { fileName: string }, b: { fileName: string }): number => (a.fileName < b.fileName ? -1 : 1);
        expect(parseChecksums(writeChecksums(list)).sort(byName)).toEqual(list.sort(byName));
      }),
    );
  });

  it('takes capital letters and the ends of lines of another system', () => expect(parseChecksums(`${'AB'.repeat(32)}  a\r\n`)).toEqual([{ fileName: 'a', sha256: 'ab'.repeat(32) }]));

  const digest = 'a'.repeat(64);
  it.each([
    ['too short a digest', `${'a'.repeat(63)}  x\n`, 'no checksum'],
    ['one space', `${digest} x\n`, 'no checksum'],
    ['no name', `${digest}  \n`, 'no checksum'],
    ['an empty line', `${digest}  x\n\n`, 'no checksum'],
    ['a folder', `${digest}  folder/x\n`, 'no name of a file'],
    ['a way out of the folder', `${digest}  ../x\n`, 'no name of a file'],
    ['the folder above', `${digest}  ..\n`, 'no name of a file'],
    ['an absolute name', `${digest}  /etc/passwd\n`, 'no name of a file'],
    ['a NUL', `${digest}  x\0y\n`, 'no name of a file'],
    ['an unknown escape', `\\${digest}  a\\t\n`, 'has an escape'],
    ['half an escape', `\\${digest}  a\\\n`, 'has an escape'],
    ['a name twice', `${digest}  x\n${digest} *x\n`, 'listed twice'],
  ])('refuses %s', (_, text, reason) => expect(() => parseChecksums(text)).toThrow(reason));

  it('may be empty', () => expect(parseChecksums('')).toEqual([]));

  it('is not written for a name that leads elsewhere', () => expect(() => writeChecksums([{ fileName: '../x', sha256: digest }])).toThrow(RangeError));
});
