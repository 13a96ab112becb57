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
    await expect(bootImage({ imagePath: join(folder, 'none.img') })).rejects.toMatchObject({ code: 'image-missing' });
  });

  it('fails as soon as the firmware finds nothing to start, and shows what it said', async () => {
    await expect(bootImage({ imagePath: empty })).rejects.toMatchObject({ code: 'boot-failed', details: { log: expect.stringContaining('BdsDxe') } });
  });

  it('gives up when the time is over', async () => {
    await expect(bootImage({ imagePath: empty, timeoutSeconds: 0.2 })).rejects.toMatchObject({ code: 'boot-timeout' });
  });

  it('ends when somebody stops it', async () => {
    await expect(bootImage({ imagePath: empty, signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(bootImage({ imagePath: empty, signal: AbortSignal.abort(new Error('stopped early')) })).rejects.toThrow('stopped early');
  });

  it('says why the machine did not start', async () => {
    await expect(bootImage({ imagePath: folder })).rejects.toMatchObject({ code: 'boot-failed', message: expect.stringContaining('qemu-system-x86_64') });
  });
});
