import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppError } from '@/lib/errors';
import { Child } from './child';

const root = join(import.meta.dirname, '../..');
let dir: string;
let started: Child[];
const shown: string[] = [];
const givenUp: AppError[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imprint-child-'));
  started = [];
  shown.length = 0;
  givenUp.length = 0;
});
afterEach(async () => {
  await Promise.all(started.map((child) => child.stop()));
  await rm(dir, { recursive: true, force: true });
});

/** Runs `code`, which may use `pids`, the file it writes its process ids to. */
async function child(code: string, stopMs?: number, dispensable = false): Promise<Child> {
  const file = join(dir, 'child.mjs');
  const pids = join(dir, 'pids');
  await writeFile(file, `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n');\n${code}`);
  const made = new Child({ name: 'test', file: `../${'../'.repeat(root.split('/').length)}${file}`, env: { PATH: process.env.PATH }, dispensable, ...(stopMs === undefined ? {} : { stopMs }) }, { root, logDir: dir, show: (line) => shown.push(line), onGivenUp: (error) => givenUp.push(error) });
  started.push(made);
  return made;
}
const pidsOf = async () => (await readFile(join(dir, 'pids'), 'utf8')).trim().split('\n').map(Number);
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const LIVES = 'setInterval(() => {}, 1000); process.send({ ready: true });';

describe('a process of ours', () => {
  it('is started when it says that it is ready, and ended when it is told to', async () => {
    const made = await child(LIVES);
    await made.start();
    const [pid] = await pidsOf();
    expect(alive(pid!)).toBe(true);
    await made.stop();
    expect(alive(pid!)).toBe(false);
  });
  it('that ends before it is ready has failed, with what it said', async () => {
    const made = await child(`console.error('the port is taken'); process.exit(3);`);
    await expect(made.start()).rejects.toMatchObject({ code: 'process-failed', message: expect.stringMatching(/test process did not start: it ended with code 3[\s\S]*the port is taken/) as string });
    expect(await readFile(join(dir, 'test.log'), 'utf8')).toContain('the port is taken');
  });
  it('is started again when it is killed', async () => {
    const made = await child(LIVES);
    await made.start();
    process.kill((await pidsOf())[0]!, 'SIGKILL');
    await vi.waitFor(async () => expect(await pidsOf()).toHaveLength(2), 20_000);
    expect(shown).toContain('[test] ended with SIGKILL; starting it again');
    expect(givenUp).toEqual([]);
  });
  it('that cannot be started again is given up', async () => {
    const made = await child(`import { readFileSync } from 'node:fs'; if (readFileSync(${JSON.stringify(join(dir, 'pids'))}, 'utf8').trim().split('\\n').length > 1) process.exit(9);\n${LIVES}`);
    await made.start();
    process.kill((await pidsOf())[0]!, 'SIGKILL');
    await vi.waitFor(() => expect(givenUp).toMatchObject([{ code: 'process-failed' }]), 20_000);
  });
  it('that the console can do without is never given up', async () => {
    const dies = `import { readFileSync } from 'node:fs'; const starts = readFileSync(${JSON.stringify(join(dir, 'pids'))}, 'utf8').trim().split('\\n').length; if (starts === 2) process.exit(9);`;
    const made = await child(`${dies}\n${LIVES}`, undefined, true);
    await made.start();
    process.kill((await pidsOf())[0]!, 'SIGKILL');
    await vi.waitFor(async () => expect(await pidsOf()).toHaveLength(3), 20_000);
    expect(shown).toContain('[test] ended with a failed start; starting it again in 2 s');
    expect(givenUp).toEqual([]);
  });
  it('that does not end by itself is killed', async () => {
    const made = await child(`process.on('SIGTERM', () => {});\n${LIVES}`, 300);
    await made.start();
    await made.stop();
    expect(alive((await pidsOf())[0]!)).toBe(false);
  });
  it('keeps what it says in its log, and shows what matters', async () => {
    const made = await child(`${LIVES}\nsetTimeout(() => { console.log('{"level":"info","msg":"quiet"}'); console.log('{"level":"warn","msg":"loud"}'); }, 100);`);
    await made.start();
    await vi.waitFor(() => expect(shown).toEqual(['[test] warn: loud']), 10_000);
    expect(await readFile(join(dir, 'test.log'), 'utf8')).toContain('quiet');
  });
});
