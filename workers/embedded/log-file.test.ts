import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log-file';

let dir: string;
let file: string;
let log: LogFile;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'imprint-log-'));
  file = join(dir, 'logs', 'web.log');
  log = new LogFile(file, 100);
});
afterEach(() => {
  log.close();
  rmSync(dir, { recursive: true, force: true });
});
const linesOf = (name: string) => readFileSync(name, 'utf8').split('\n');

describe('a log file', () => {
  it('is made with its folder, for the owner and the group', () => {
    log.write('one');
    log.write('two');
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('is added to, and put aside while it is written when it grows beyond its size', () => {
    log.write('a'.repeat(60));
    log.close();
    log.write('b'.repeat(60));
    log.write('c'.repeat(60));
    log.write('d'.repeat(30));
    expect([linesOf(`${file}.1`), linesOf(file)]).toEqual([['b'.repeat(60), ''], ['c'.repeat(60), 'd'.repeat(30), '']]);
  });

  it('drops and counts what the disk does not take, and goes on when it does', () => {
    log = new LogFile(file);
    log.write('before');
    log.close();
    unlinkSync(file);
    symlinkSync('/dev/full', file);
    for (let i = 0; i < 3; i += 1) log.write(`lost ${i}`);
    unlinkSync(file);
    log.write('after');
    const [, told, line] = linesOf(file);
    expect(JSON.parse(told!)).toMatchObject({ level: 'warn', msg: '3 lines of this log were dropped: they could not be written' });
    expect(line).toBe('after');
  });

  it('does not fail where no file can be made', () => {
    const nowhere = new LogFile('/dev/null/web.log');
    expect(() => nowhere.write('x')).not.toThrow();
  });

  it('outlives a disk without room', { skip: process.getuid?.() !== 0 }, () => {
    const disk = join(dir, 'disk');
    execFileSync('mkdir', [disk]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]);
    try {
      const full = new LogFile(join(disk, 'web.log'));
      for (let i = 0; i < 2000; i += 1) full.write(`line ${i} ${'x'.repeat(80)}`);
      rmSync(join(disk, 'web.log'));
      full.write('after');
      expect(linesOf(join(disk, 'web.log')).at(-2)).toBe('after');
      full.close();
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
