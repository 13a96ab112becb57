import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOARD_SETS } from '@/lib/prepare/testing/board-sets';
import { findArtifact, readLog } from '@/db/builds';
import { createShare, openShare } from '@/db/shares';
import { openBoards, type Boards } from '../testing/boards';
import { writeArtifact } from '../testing/raw-image';

let boards: Boards;
beforeAll(async () => {
  boards = await openBoards();
});
afterAll(() => boards.close());

test('a model of Ubuntu Core 24 for an i.MX board becomes an image, whose seed lies on ext4', async () => {
  const { view, services } = await boards.build(BOARD_SETS['UC24 on an i.MX board with its seed on ext4']!.set, 'imx24');
  expect([view.failure, view.state]).toEqual([null, 'succeeded']);
  expect(await readdir(services.scratch).catch(() => [])).toEqual([]);
  const raw = view.artifacts.find(({ kind }) => kind === 'image-raw')!;
  const file = join(boards.dir, 'imx24.img');
  await writeArtifact(services.blobs, await findArtifact(boards.owner, view.number, raw.fileName), file);
  const at = `${file}?offset=${8 * 2 ** 20}`;
  execFileSync('/usr/sbin/e2fsck', ['-fn', at], { stdio: 'pipe' });
  const listed = execFileSync('/usr/sbin/debugfs', ['-R', 'ls -p /snaps', at], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  for (const { name } of view.snaps) expect(listed).toContain(`/${name}_`);
});

test('a model of Ubuntu Core 18 for the Raspberry Pi becomes an image, whose file system holds its snaps', async () => {
  const { view, services } = await boards.build(BOARD_SETS['UC18 on a Raspberry Pi']!.set, 'pi18');
  expect([view.failure, view.state]).toEqual([null, 'succeeded']);
  expect(await readdir(services.scratch).catch(() => [])).toEqual([]);
  expect(view.snaps.map((snap) => snap.name)).toEqual(['snapd', 'pi-kernel', 'core18', 'pi', 'network-manager']);
  const raw = view.artifacts.find(({ kind }) => kind === 'image-raw')!;
  const file = join(boards.dir, 'pi18.img');
  await writeArtifact(services.blobs, await findArtifact(boards.owner, view.number, raw.fileName), file);
  const at = `${file}?offset=${257 * 2 ** 20}`;
  execFileSync('/usr/sbin/e2fsck', ['-fn', at], { stdio: 'pipe' });
  const listed = execFileSync('/usr/sbin/debugfs', ['-R', 'ls -p /system-data/var/lib/snapd/seed/snaps', at], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  for (const { name } of view.snaps) expect(listed).toContain(`/${name}_`);
});

test('a build tells of what its device would stop at, and so do its log, manifest and link', async () => {
  const { set } = BOARD_SETS['UC18 on a Raspberry Pi']!;
  const files = { 'initrd.img': 'initrd', 'dtbs/bcm2709-rpi-2-b.dtb': 'dtb' };
  const other = { revision: 51, files };
  const snaps = set.snaps.map((snap) => (snap.name === 'pi-kernel' ? { ...snap, ...other } : snap));
  const { view, services } = await boards.build({ ...set, snaps }, 'pi18-other');
  expect(view.state).toBe('succeeded');
  const [warning, ...others] = view.warnings;
  const message = expect.stringContaining('kernel.img') as unknown;
  expect(warning).toEqual({ code: 'kernel-file-missing', message });
  expect(others).toEqual([]);
  const lines = await readLog(boards.owner, view.number, 0);
  expect(lines).toContainEqual(expect.objectContaining({ level: 'warning', text: warning!.message }));

  const { fileName } = view.artifacts.find(({ kind }) => kind === 'manifest')!;
  const file = join(boards.dir, 'manifest.json');
  await writeArtifact(services.blobs, await findArtifact(boards.owner, view.number, fileName), file);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ warnings: [warning] });

  const { share, token } = await createShare(boards.owner, view.number, { expiresInDays: 7, note: '' });
  const opening = { id: share.id, token, address: '198.51.100.9', userAgent: '', what: 'page' };
  expect((await openShare(boards.brands.db, opening))!.warnings).toEqual([warning]);
});
