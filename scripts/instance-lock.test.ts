import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from './instance-lock.mjs';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imprint-lock-'));
  file = join(folder, 'data', 'imprint.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockModule = pathToFileURL(join(import.meta.dirname, 'instance-lock.mjs')).href;
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;
const read = () => JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startedAt: string; url: string };

describe('the lock of a data folder', () => {
  it('is held by one, who is named to the second', () => {
    const first = takeLock(file, 'http://localhost:3000');
    expect(first.release).toBeTypeOf('function');
    expect(takeLock(file, 'http://localhost:4000').holder).toMatchObject({ pid: process.pid, url: 'http://localhost:3000' });
    first.release!();
    expect(takeLock(file, 'http://localhost:4000').release).toBeTypeOf('function');
  });
  it('leaves nothing else in the folder', () => {
    const { release } = takeLock(file, 'a');
    takeLock(file, 'b');
    expect(readdirSync(join(folder, 'data'))).toEqual(['imprint.lock']);
    release!();
    expect(readdirSync(join(folder, 'data'))).toEqual([]);
  });
  it('is taken over from a process that was killed', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '-e', `import { takeLock } from ${JSON.stringify(lockModule)}; takeLock(${JSON.stringify(file)}, 'theirs'); process.stdout.write('held'); setInterval(() => {}, 1000);`]);
    await new Promise((done) => holder.stdout.once('data', done));
    expect(takeLock(file, 'mine').holder).toMatchObject({ pid: holder.pid, url: 'theirs' });
    const gone = new Promise((done) => holder.once('exit', done));
    holder.kill('SIGKILL');
    await gone;
    expect(takeLock(file, 'mine').release).toBeTypeOf('function');
    expect(read()).toMatchObject({ pid: process.pid, url: 'mine' });
  });
  it('is taken over when the process id belongs to another process by now', () => {
    takeLock(file, 'old');
    writeFileSync(file, JSON.stringify({ ...read(), startedAt: 'another-boot:1' }));
    expect(takeLock(file, 'mine').release).toBeTypeOf('function');
  });
  it.each(['', '{', '{}', '{"pid":"1"}', '{"pid":-1}', '{"pid":0}'])('that says %j is nobody’s', (text) => {
    takeLock(file, 'old').release!();
    writeFileSync(file, text);
    expect(takeLock(file, 'mine').release).toBeTypeOf('function');
  });
  it('is not removed by who no longer holds it', () => {
    const first = takeLock(file, 'first');
    writeFileSync(file, JSON.stringify({ pid: deadPid(), startedAt: null, url: 'x' }));
    takeLock(file, 'second');
    first.release!();
    expect(read().url).toBe('second');
  });
  it('goes to one of many that find it stale at once', async () => {
    takeLock(file, 'x').release!();
    writeFileSync(file, JSON.stringify({ pid: deadPid(), startedAt: 'x', url: 'stale' }));
    const script = `import { takeLock } from ${JSON.stringify(lockModule)}; const { release } = takeLock(${JSON.stringify(file)}, 'x'); process.stdout.write(release ? 'won' : 'lost'); process.stdin.resume(); process.stdin.on('end', () => process.exit(0));`;
    const rivals = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
    const outcomes = await Promise.all(rivals.map((rival) => new Promise<string>((done) => rival.stdout.once('data', (data: Buffer) => done(data.toString())))));
    for (const rival of rivals) rival.stdin.end();
    expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
  });
});
