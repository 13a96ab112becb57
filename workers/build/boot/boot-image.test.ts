import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootImage } from './boot-image';

let folder: string;
let empty: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boot-test-'));
  empty = join(folder, 'empty, disk.img');
  await writeFile(empty, '');
  await truncate(empty, 8 * 1024 * 1024);
});
afterAll(() => rm(folder, { recursive: true }));

describe('starting an image', () => {
  it('fails for one that is not there', async () => {
    await expect(bootImage({ architecture: 'amd64', imagePath: join(folder, 'none.img') })).rejects.toMatchObject({ code: 'image-missing' });
  });

  it.each(['amd64', 'arm64'] as const)('fails as soon as the firmware of %s finds nothing to start, and shows what it said', async (architecture) => {
    await expect(bootImage({ architecture, imagePath: empty })).rejects.toMatchObject({ code: 'boot-failed', details: { log: expect.stringContaining('BdsDxe') } });
  });

  it('gives up when the time is over', async () => {
    await expect(bootImage({ architecture: 'arm64', imagePath: empty, timeoutSeconds: 0.2 })).rejects.toMatchObject({ code: 'boot-timeout' });
  });

  it('ends when somebody stops it', async () => {
    await expect(bootImage({ architecture: 'amd64', imagePath: empty, signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(bootImage({ architecture: 'amd64', imagePath: empty, signal: AbortSignal.abort(new Error('stopped early')) })).rejects.toThrow('stopped early');
  });

  it.each([
    ['amd64', 'qemu-system-x86_64'],
    ['arm64', 'qemu-system-aarch64'],
  ] as const)('says why the machine of %s did not start', async (architecture, program) => {
    await expect(bootImage({ architecture, imagePath: folder })).rejects.toMatchObject({ code: 'boot-failed', message: expect.stringContaining(program) });
  });
});
