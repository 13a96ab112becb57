import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findArtifact } from '@/db/builds';
import { readUbootEnv } from '@/lib/seed/boot/uboot-env';
import type { SnapToStock } from '../embedded/store/stock';
import { PI_ASSETS, PI_KERNEL, piSnaps } from '../testing/pi-snaps';
import { writeArtifact } from '../testing/raw-image';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';

let folder: string;
let snaps: SnapToStock[];
let shop: Workshop;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pi-image-'));
  snaps = await piSnaps(join(folder, 'set'));
  shop = await openWorkshop('pi-arm64-core24', snaps);
}, 300_000);
afterAll(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Everything on the first partition, as the Raspberry Pi's firmware finds it: path and bytes. */
async function readSeed(image: string): Promise<Map<string, Buffer>> {
  const into = join(folder, 'seed');
  await mkdir(into);
  execFileSync('mcopy', ['-s', '-n', '-i', `${image}@@${1024 * 1024}`, '::/', into], { env: { ...process.env, MTOOLSRC: '/dev/null' } });
  const entries = await readdir(into, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file.slice(into.length + 1), await readFile(file)] as const)));
}

test('an image for a Raspberry Pi holds all that its firmware reads, and no file that is not accounted for', async () => {
  const { view } = await shop.build();
  expect(view.failure).toBeNull();
  const raw = view.artifacts.find((a) => a.kind === 'image-raw')!;
  const image = join(folder, 'disk.img');
  await writeArtifact(shop.services.blobs, await findArtifact(shop.owner, view.number, raw.fileName), image);

  expect(raw.sizeBytes).toBe(3_652_190_720);
  const { partitiontable: table } = JSON.parse(execFileSync('sfdisk', ['--json', image], { encoding: 'utf8' })) as { partitiontable: { label: string; partitions: unknown[] } };
  expect(table.label).toBe('dos');
  expect(table.partitions).toEqual([expect.objectContaining({ start: 2048, size: 2_457_600, type: 'c' })]);

  const seed = await readSeed(image);
  const label = [...seed.keys()].map((path) => /^systems\/(\d{8})\/model$/.exec(path)?.[1]).find(Boolean);
  const system = `systems/${label}`;
  const os = `${system}/kernel`;
  const { 'kernel.img': kernel, 'initrd.img': initrd, 'dtbs/broadcom/bcm2711-rpi-4-b.dtb': pi4, 'dtbs/broadcom/bcm2712-rpi-5-b.dtb': pi5, 'dtbs/overlays/vc4-kms-v3d.dtbo': overlay } = PI_KERNEL;
  const trees = { 'bcm2711-rpi-4-b.dtb': pi4, 'bcm2712-rpi-5-b.dtb': pi5, 'overlays/vc4-kms-v3d.dtbo': overlay };
  const expected: Record<string, string> = {
    ...PI_ASSETS,
    ...trees,
    'config.txt': `${PI_ASSETS['config.txt']}\nos_prefix=/${os}/\n`,
    ...Object.fromEntries(Object.entries({ ...trees, 'kernel.img': kernel, 'initrd.img': initrd, 'overlays/README': '', 'cmdline.txt': `console=serial0,115200 console=tty1 snapd_recovery_mode=install snapd_recovery_system=${label}\n` }).map(([path, text]) => [`${os}/${path}`, text])),
  };
  for (const [path, text] of Object.entries(expected)) expect([path, seed.get(path)?.toString()]).toEqual([path, text]);
  for (const { name, file } of snaps) expect(seed.get(`snaps/${name}_1.snap`)?.equals(await readFile(file)), name).toBe(true);
  const environment = readUbootEnv(seed.get('piboot/ubuntu/piboot.conf')!);
  expect(environment).toMatchObject({ sizeBytes: 4096, variables: new Map([['snapd_recovery_mode', 'install'], ['snapd_recovery_system', label]]) });

  const accounted = new Set([...Object.keys(expected), ...snaps.map(({ name }) => `snaps/${name}_1.snap`), 'piboot/ubuntu/piboot.conf']);
  const rest = [...seed.keys()].filter((path) => !accounted.has(path)).sort();
  expect(rest).toEqual([`${system}/assertions/model-etc`, `${system}/assertions/snaps`, `${system}/model`]);
});
