import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDemoSnaps } from './make-snaps';
import { run } from './run';

it('leaves nothing behind when somebody stops it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'make-snaps-'));
  const [cacheDir, workDir] = [join(folder, 'cache'), join(folder, 'work')];
  const stop = new AbortController();
  try {
    const making = makeDemoSnaps({ cacheDir, workDir, signal: stop.signal, onProgress: () => stop.abort(new Error('stopped early')) });
    await expect(making).rejects.toThrow('stopped early');
    expect([await readdir(cacheDir), await readdir(workDir)]).toEqual([[], []]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('names the Debian package of a program that is missing', async () => {
  await expect(run('apt-get', [], { env: { PATH: '/nonexistent' } })).rejects.toMatchObject({ code: 'tool-missing', message: expect.stringContaining('package apt.') });
});

it('says what a failing program said, and survives one that does not read its input', async () => {
  await expect(run('sh', ['-c', 'exec <&-; echo no room >&2; exit 7'], { input: 'x'.repeat(1_000_000) })).rejects.toMatchObject({ code: 'tool-failed', message: 'sh ended with 7: no room' });
});
