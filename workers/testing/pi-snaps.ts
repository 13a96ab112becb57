import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSet } from '@/lib/prepare/testing/make-set';
import type { StubSnap } from '@/lib/prepare/testing/make-set';
import { REFERENCE_SNAP_IDS } from '@/lib/snap/names';
import { PUBLISHER } from '../embedded/snaps/recipe';
import type { SnapToStock } from '../embedded/store/stock';

const FIXTURE = join(import.meta.dirname, '../../lib/gadget/fixtures/pi-24-arm64.yaml');
const ARM64 = 'architectures: [arm64]\n';

/** What the kernel and the gadget of a Raspberry Pi have that its firmware reads; the bytes are words. */
export const PI_KERNEL = {
  'kernel.img': 'the kernel',
  'initrd.img': 'its initrd',
  'dtbs/broadcom/bcm2711-rpi-4-b.dtb': 'device tree of a Pi 4',
  'dtbs/broadcom/bcm2712-rpi-5-b.dtb': 'device tree of a Pi 5',
  'dtbs/overlays/vc4-kms-v3d.dtbo': 'overlay for the screen',
};
export const PI_ASSETS = { 'start4.elf': 'firmware', 'fixup4.dat': 'its memory', 'config.txt': '[all]\nkernel=kernel.img\ncmdline=cmdline.txt\ninitramfs initrd.img followkernel\n', 'cmdline.txt': 'console=serial0,115200 console=tty1\n' };

const below = (folder: string, files: Record<string, string>) => Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}${name}`, text]));

/** Stub snaps of a Raspberry Pi on Ubuntu Core 24, made in the folder, with the volume of the reference gadget (canonical/pi-gadget); `kernel` in place of the kernel's files, or beside them. */
export async function piSnaps(folder: string, kernel: StubSnap['files'] = {}): Promise<SnapToStock[]> {
  const snaps: (StubSnap & { channel: string })[] = [
    { name: 'snapd', type: 'snapd', files: { 'usr/lib/snapd/info': 'VERSION=2.67\n' }, channel: 'latest/stable' },
    { name: 'pi-kernel', type: 'kernel', files: { ...PI_KERNEL, ...kernel, 'meta/kernel.yaml': 'assets:\n  dtbs:\n    update: true\n    content: [dtbs/broadcom/, dtbs/overlays/]\n' }, channel: '24/stable' },
    { name: 'core24', type: 'base', channel: 'latest/stable' },
    { name: 'pi', type: 'gadget', base: 'core24', files: { 'meta/gadget.yaml': await readFile(FIXTURE), 'piboot.conf': '', ...below('boot-assets/', PI_ASSETS) }, channel: '24/stable' },
  ];
  const made = await makeSet(folder, { model: { 'brand-id': 'acme', model: 'unused' }, snaps: snaps.map((snap) => ({ ...snap, yaml: ARM64 })) });
  return snaps.map(({ name, channel }) => ({
    file: join(made.snaps, `${name}_1.snap`),
    name,
    snapId: REFERENCE_SNAP_IDS.get(name)!,
    publisherId: PUBLISHER,
    title: name,
    summary: 'Stub',
    releases: [{ channel, architecture: 'arm64', revision: 1 }],
  }));
}
