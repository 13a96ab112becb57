import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSet, stubId, type StubSnap } from '../../lib/prepare/testing/make-set';
import { main } from './main';
import { openTerminal } from './terminal';
import { makeFolder } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000 });

const { folder, remove } = makeFolder();
beforeAll(() => vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache')));
afterAll(() => {
  vi.unstubAllEnvs();
  remove();
});

const LINUX = '83,0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const EXTRA = `{name: extra, type: "${LINUX}", size: 34M, filesystem: vfat, content: [{source: files/, target: /}]}`;
const YAML = `volumes:
  pc:
    bootloader: grub
    structure:
      - {name: mbr, type: mbr, size: 440, content: [{image: boot.img}]}
      - {name: core, type: bare, size: 1M, offset: 1M, offset-write: mbr+92, content: [{image: core.img}]}
      - {name: ubuntu-seed, role: system-seed, type: "EF,C12A7328-F81F-11D2-BA4B-00A0C93EC93B", size: 64M, filesystem: vfat, content: [{source: grubx64.efi, target: EFI/boot/grubx64.efi}]}
      - {name: ubuntu-boot, role: system-boot, type: "${LINUX}", size: 64M, filesystem: ext4}
      - {name: ubuntu-save, role: system-save, type: "${LINUX}", size: 32M, filesystem: ext4}
      - {name: ubuntu-data, role: system-data, type: "${LINUX}", size: 128M, filesystem: ext4}
      - ${EXTRA}
  soldered:
    schema: emmc
    structure: [{name: boot0, content: [{image: core.img}]}]
`;
const zeros = (length: number): string => '\0'.repeat(length);
const FILES = { 'boot.img': zeros(440), 'core.img': zeros(30_000), 'grubx64.efi': 'grub', 'grub.conf': '', 'files/one': '1', 'files/two': '2' };

async function run(...args: string[]): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  const terminal = { ...openTerminal(folder), write: async () => undefined, say: (line: string) => void (stderr += `${line}\n`) };
  return { code: await main(args, folder, terminal), stderr };
}

type Gadget = {
  yaml: string;
  files: Record<string, string>;
  /** Of one of the files, for those that are large. */
  sizes?: Record<string, number>;
  bytes?: Record<string, number[]>;
};

async function planned({ yaml, files, sizes = {}, bytes = {} }: Gadget): Promise<{ code: number; stderr: string }> {
  const snaps: StubSnap[] = [
    { name: 'snapd', type: 'snapd', revision: 1, version: '2.67', files: { 'usr/lib/snapd/info': 'VERSION=2.67\n' } },
    { name: 'pc-kernel', type: 'kernel', revision: 1, files: { 'kernel.efi': 'kernel', 'snapd-info': 'VERSION=2.67\n' } },
    { name: 'core24', type: 'base', revision: 1 },
    { name: 'pc', type: 'gadget', base: 'core24', revision: 1, files: { 'meta/gadget.yaml': yaml, ...files, ...Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, zeros(size)])), ...Object.fromEntries(Object.entries(bytes).map(([name, own]) => [name, Uint8Array.from(own)])) } },
  ];
  const entry = (name: string, type: string) => ({ name, id: stubId(name), type, 'default-channel': '24/stable' });
  const model = { 'brand-id': 'acme', model: 'box', architecture: 'amd64', base: 'core24', grade: 'dangerous', snaps: [entry('pc', 'gadget'), entry('pc-kernel', 'kernel')] };
  const at = path.join(folder, 'set');
  const set = await makeSet(at, { model, snaps });
  const ended = await run('image', 'plan', '--model', set.model, '--snaps', set.snaps, '--assertions', set.assertions, '--trusted', set.roots);
  rmSync(at, { recursive: true });
  return ended;
}

async function laidOut({ yaml, files, sizes = {}, bytes = {} }: Gadget): Promise<{ code: number; stderr: string }> {
  const at = path.join(folder, 'gadget');
  for (const [name, text] of Object.entries({ 'meta/gadget.yaml': yaml, ...files })) {
    mkdirSync(path.join(at, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(at, name), text);
  }
  for (const [name, size] of Object.entries(sizes)) {
    writeFileSync(path.join(at, name), '');
    truncateSync(path.join(at, name), size);
  }
  for (const [name, own] of Object.entries(bytes)) writeFileSync(path.join(at, name), Uint8Array.from(own));
  const ended = await run('gadget', 'layout', at);
  rmSync(at, { recursive: true });
  return ended;
}

const without = (name: string): Record<string, string> => Object.fromEntries(Object.entries(FILES).filter(([file]) => file !== name));
const extra = (text: string): Gadget => ({ yaml: YAML.replace(EXTRA, text), files: FILES });
const MIB = 2 ** 20;

describe('gadget layout and image plan take the same gadgets', () => {
  it('such as this one', async () => {
    const gadget = { yaml: YAML, files: FILES };
    expect(await laidOut(gadget)).toEqual({ code: 0, stderr: '' });
    expect(await planned(gadget)).toMatchObject({ code: 0 });
  });

  it.each<[what: string, says: string, gadget: Gadget]>([
    ['boot code that is too long', "boot.img ends at byte 441, beyond the structure's 440", { yaml: YAML, files: { ...FILES, 'boot.img': zeros(441) } }],
    ['an image that is too long', `core.img ends at byte ${MIB + 1}, beyond the structure's ${MIB}`, { yaml: YAML, files: FILES, sizes: { 'core.img': MIB + 1 } }],
    ['an image that ends too far behind', `core.img ends at byte ${MIB + 4096}`, { yaml: YAML.replace('size: 1M, offset: 1M, offset-write: mbr+92, content: [{image: core.img}]', `size: 1M, offset: 1M, content: [{image: core.img, offset: ${MIB + 4096 - 30_000}}]`), files: FILES }],
    ['images that lie over each other', 'boot.img overlaps core.img', { yaml: YAML.replace('content: [{image: core.img}]}\n      - {name: ubuntu-seed', 'content: [{image: core.img}, {image: boot.img, offset: 29999}]}\n      - {name: ubuntu-seed'), files: FILES }],
    ['an image that is longer than it says', 'more than the declared 100', { yaml: YAML.replace('{image: core.img}]}\n      - {name: ubuntu-seed', '{image: core.img, size: 100}]}\n      - {name: ubuntu-seed'), files: FILES }],
    ['an image of an eMMC that is not there', 'gone.img is not in the gadget', { yaml: YAML.replace('{name: boot0, content: [{image: core.img}]}', '{name: boot0, content: [{image: gone.img}]}'), files: FILES }],
    ['an image that is not there', 'core.img is not in the gadget', { yaml: YAML, files: without('core.img') }],
    ['a file that is not there', 'grubx64.efi is not in the gadget', { yaml: YAML, files: without('grubx64.efi') }],
    ['a file in the place of a folder', 'files/ is no directory', { yaml: YAML, files: { 'boot.img': FILES['boot.img'], 'core.img': FILES['core.img'], 'grubx64.efi': '', 'grub.conf': '', files: 'x' } }],
    ['names that differ in case', 'the two names are one', { yaml: YAML, files: { ...FILES, 'files/ONE': '' } }],
    ['a name that FAT does not have', 'a name holds :', { yaml: YAML, files: { ...FILES, 'files/a:b': '' } }],
    ['files that do not fit on FAT', 'The files of "extra" need 34.0 MiB', { yaml: YAML, files: FILES, sizes: { 'files/large': 34 * MIB } }],
    ['files that do not fit on ext4', 'The files of "extra" need 34.0 MiB', { ...extra(EXTRA.replace('vfat', 'ext4')), sizes: { 'files/large': 34 * MIB } }],
    ['files of its own that leave the seed no room', 'The largest are EFI/boot/grubx64.efi', { yaml: YAML, files: FILES, sizes: { 'grubx64.efi': 64 * MIB } }],
    ['a label that FAT does not have', '"extra" has the label "a:b"', extra(EXTRA.replace('vfat', 'vfat, filesystem-label: "a:b"'))],
    ['a label that ext4 cuts short', '"extra" has the label "seventeen-letters"', extra(EXTRA.replace('vfat', 'ext4, filesystem-label: seventeen-letters'))],
    ['an offset that is written outside of its structure', 'the 4 bytes do not fit into "mbr"', { yaml: YAML.replace('mbr+92', 'mbr+437'), files: FILES }],
    ['structures that overlap', '"core" ends', { yaml: YAML.replace('size: 64M, filesystem: vfat', 'offset: 1M, size: 64M, filesystem: vfat'), files: FILES }],
    ['what only the seed has', 'The gadget puts snaps/x into the seed', { yaml: YAML.replace('target: EFI/boot/grubx64.efi', 'target: snaps/x'), files: FILES }],
    ["arguments that devices give the kernel themselves", 'snapd_recovery_mode', { yaml: YAML, files: { ...FILES, 'cmdline.extra': 'quiet snapd_recovery_mode=run\n' } }],
    ['two files of arguments', 'the gadget has cmdline.extra as well', { yaml: YAML, files: { ...FILES, 'cmdline.extra': 'a', 'cmdline.full': 'b' } }],
    ['arguments that are no text', 'cmdline.full is not UTF-8', { yaml: YAML, files: FILES, bytes: { 'cmdline.full': [0xff] } }],
    ['something of a kernel that offers nothing', 'has no asset dtbs', extra(EXTRA.replace('files/', '$kernel:dtbs/x').replace('{source: ', '{source: "').replace('dtbs/x', 'dtbs/x"'))],
  ])('and refuse %s', async (_what, says, gadget) => {
    const [layout, plan] = [await laidOut(gadget), await planned(gadget)];
    expect(layout).toEqual({ code: 1, stderr: expect.stringContaining(says) });
    expect(plan).toMatchObject({ code: 1 });
    expect(plan.stderr).toContain(layout.stderr.trim());
  });

  it.each<[what: string, says: string, yaml: string]>([
    ['of another boot loader', 'The gadget boots with lk', YAML.replace('grub', 'lk')],
    ['of more partitions than an MBR has', 'the image of the volume pc has 6', YAML.replace('bootloader: grub', 'bootloader: grub\n    schema: mbr').replace(`      - ${EXTRA}\n`, [1, 2, 3, 4, 5].map((n) => `      - {name: p${n}, type: "${LINUX}", size: 1M}\n`).join(''))],
    ['of a partition between sectors', 'no multiple of the sector', YAML.replace('size: 34M', 'size: 40000001')],
    ['of raw bytes in the partition table', 'lies where the partition table is', YAML.replace('size: 1M, offset: 1M, offset-write: mbr+92', 'size: 40000, offset: 1024')],
    ['of a partition that is too small for FAT32', 'too small for FAT32', YAML.replace('34M', '20M')],
    ['of a partition that is too small for ext4', 'too small for ext4', YAML.replace(EXTRA, EXTRA.replace('vfat', 'ext4').replace('34M', '8192'))],
    ['of what is left to an installer', 'size of the volume pc is left to an installer', YAML.replace('bootloader: grub', 'bootloader: grub\n    partial: [size]')],
  ])('and warn that no image is made %s, which snapd takes', async (_what, says, yaml) => {
    const [layout, plan] = [await laidOut({ yaml, files: FILES }), await planned({ yaml, files: FILES })];
    expect(layout).toMatchObject({ code: 0 });
    const told = layout.stderr.split('\n').find((line) => line.includes(says))!;
    expect(plan).toMatchObject({ code: 1 });
    expect(plan.stderr).toContain(told.replace('warning: ', ''));
  });
});
