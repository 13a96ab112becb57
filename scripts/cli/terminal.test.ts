import { truncateSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openTerminal, printable } from './terminal';
import { makeFolder } from './testing';

const { folder, remove } = makeFolder({ short: 'x', long: '' });
afterAll(remove);
truncateSync(path.join(folder, 'long'), 2 ** 40);

describe('what is read', () => {
  const terminal = openTerminal(folder);
  it('is read whole, up to what it may have', async () => {
    expect(Buffer.from(await terminal.read('short', 1)).toString()).toBe('x');
    await expect(terminal.read('short', 0)).rejects.toMatchObject({ code: 'file-too-big', message: expect.stringMatching(/^short: /) });
  });

  it('is never more than fits into memory, whatever its name leads to', async () => {
    await expect(terminal.read('long')).rejects.toMatchObject({ code: 'file-too-big' });
    await expect(terminal.read('/dev/zero', 2 ** 20)).rejects.toMatchObject({ code: 'file-too-big' });
    await expect(terminal.read('none')).rejects.toThrow('there is no such file');
    await expect(terminal.read('.')).rejects.toThrow('it is a folder');
  });
});

describe('a sentence', () => {
  it('holds no commands to the terminal and turns no text around', () => {
    expect(printable('the file "\u001b]0;x\u0007\u202efdp.exe\r" of a\nsnap')).toBe('the file "\\u{1b}]0;x\\u{7}\\u{202e}fdp.exe\\u{d}" of a\nsnap');
    expect(printable('Größe – 5 µs ✓\ttab')).toBe('Größe – 5 µs ✓\ttab');
  });
});
