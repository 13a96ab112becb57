import type { Headers } from '../../assertion/assertion';
import { stubId, type StubSet, type StubSnap } from './make-set';
import { STUB_SETS } from './stub-sets';

const LINUX = '83,0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const ESP = 'EF,C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const ON_DEVICE = `      - {name: ubuntu-boot, role: system-boot, filesystem: ext4, type: "${LINUX}", size: 20M}
      - {name: ubuntu-save, role: system-save, filesystem: ext4, type: "${LINUX}", size: 32M, min-size: 16M}
      - {name: ubuntu-data, role: system-data, filesystem: ext4, type: "${LINUX}", size: 64M}
`;
const seed = (sizeMiB: number, type = ESP): string => `      - name: ubuntu-seed
        role: system-seed
        filesystem: vfat
        type: ${type}
        size: ${sizeMiB}M
        content: [{source: grubx64.efi, target: EFI/boot/grubx64.efi}]
`;
const volume = (name: string, structures: string, more = 'bootloader: grub'): string => `  ${name}:\n    ${more}\n    structure:\n${structures}`;
const PC = volume('pc', seed(40) + ON_DEVICE);
const OF_THE_GADGET = `      - {name: tools, filesystem: ext4, filesystem-label: tools, type: "${LINUX}", size: 40M, content: [{source: extra/, target: /}, {source: grubx64.efi, target: a/b/c}]}
      - {name: nothing, filesystem: ext4, type: "${LINUX}", size: 5M}
      - {name: small, filesystem: vfat-16, filesystem-label: SMALL, type: "${LINUX}", size: 8M, content: [{source: extra/, target: /}]}
      - {name: void, filesystem: vfat-16, type: "${LINUX}", size: 100M}
      - {name: raw, type: "${LINUX}", size: 1M, content: [{image: raw.img, offset: 4096}]}
`;
const BIOS_BOOT = `      - {name: mbr, type: mbr, size: 440, content: [{image: pc-boot.img}]}
      - {name: BIOS Boot, type: "DA,21686148-6449-6E6F-744E-656564454649", size: 1M, offset: 1M, offset-write: mbr+92, content: [{image: pc-core.img}]}
`;
/** GRUB of an MBR lies between the table and the first partition, and its boot code is told where. */
const MBR_GRUB = `      - {name: mbr, type: mbr, size: 440, content: [{image: pc-boot.img}]}
      - {name: core, type: bare, offset: 512, size: 31K, offset-write: mbr+92, content: [{image: pc-core.img}]}
`.replace('31K', '31744');
const PI_SEED = `      - name: ubuntu-seed
        role: system-seed
        filesystem: vfat
        type: 0C
        size: 40M
        content: [{source: boot-assets/, target: /}]
`;
const ON_PI = ON_DEVICE.replaceAll(`"${LINUX}"`, "'83'");
const UC16 = volume('pc', `      - {name: mbr, type: mbr, size: 440, content: [{image: pc-boot.img}]}
      - {name: EFI System, type: "${ESP}", filesystem: vfat, filesystem-label: system-boot, size: 40M, content: [{source: grubx64.efi, target: EFI/boot/grubx64.efi}]}
`);
/** The data first, the gadget's own behind it: what is asked of the image's size cannot go to the data. */
const DATA_FIRST = volume('pc', `      - {name: data, role: system-data, filesystem: ext4, type: "${LINUX}", offset: 1M, size: 60M}
      - {name: boot, type: "${ESP}", filesystem: vfat, filesystem-label: system-boot, size: 40M, content: [{source: grubx64.efi, target: EFI/boot/grubx64.efi}]}
`);

/** What i.MX boards have: raw boot loaders before the first partition, of any size, and a seed that U-Boot reads off ext4. */
const IMX = volume('emmc', `      - {name: sum, type: bare, offset: 20000, size: 9, content: [{image: sum.bin}]}
      - {name: loader, type: bare, offset: 33792, size: 167932, content: [{image: flash.bin}]}
      - name: ubuntu-seed
        role: system-seed
        filesystem: ext4
        type: ${LINUX.slice(3)}
        offset: 8M
        size: 40M
        content: [{source: boot.scr, target: boot.scr}, {source: extra/, target: /}]
      - {name: firmware, filesystem: vfat-16, filesystem-label: my_data, type: "${LINUX}", size: 8M, content: [{source: extra/, target: /}]}
${ON_DEVICE}`, 'schema: gpt\n    bootloader: u-boot');
const UBOOT_KERNEL = { 'initrd.img': 'initrd', 'dtbs/board.dtb': 'dtb' };

/** Larger than what is held in memory while an image is planned. */
const LARGE = 'L'.repeat(1_300_000);
const FILES = { 'pc-boot.img': 'B'.repeat(440), 'pc-core.img': 'C'.repeat(1000), 'raw.img': 'R'.repeat(600), 'grubx64.efi': 'grub', 'grub.conf': 'set timeout=0\n', 'extra/one.txt': 'one', 'extra/deep/two words.txt': '2', 'extra/empty/': '', 'extra/large': LARGE };
const EXTRA_FILES = Object.fromEntries(Object.entries(FILES).filter(([name]) => name.startsWith('extra/')));
const PI_FILES = { 'boot-assets/config.txt': 'arm_64bit=1\n', 'boot-assets/cmdline.txt': 'quiet\n', 'boot-assets/start4.elf': 'start', 'boot-assets/overlays/x.dtbo': 'x' };
const SNAPD: StubSnap = { name: 'snapd', type: 'snapd', revision: 10, version: '2.67', files: { 'usr/lib/snapd/info': 'VERSION=2.67\n' } };
/** Nothing in it can be compressed; enough of it does not lie in one piece on ext4. */
const noise = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0, x = 1; i < length; i += 1) bytes[i] = (x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0) >>> 16;
  return bytes;
};
const kernel = (files: StubSnap['files'] = {}): StubSnap => ({ name: 'pc-kernel', type: 'kernel', revision: 11, files: { 'kernel.efi': 'kernel', 'kernel.img': 'kernel', 'initrd.img': 'initrd', 'snapd-info': 'VERSION=2.67\n', ...files } });
const base = (name: string): StubSnap => ({ name, type: 'base', revision: 12 });
const gadget = (volumes: string, baseName: string | undefined, files: StubSnap['files'] = FILES): StubSnap => ({ name: 'pc', type: 'gadget', ...(baseName && { base: baseName }), revision: 13, files: { 'meta/gadget.yaml': `volumes:\n${volumes}`, ...files } });

const modes = (name: string, volumes: string, { baseName = 'core22', files, kernelFiles, more = {} }: { baseName?: string; files?: StubSnap['files']; kernelFiles?: StubSnap['files']; more?: Headers } = {}): StubSet => ({
  model: {
    'brand-id': 'acme',
    model: name,
    architecture: 'amd64',
    base: baseName,
    grade: 'signed',
    snaps: [
      { name: 'pc', id: stubId('pc'), type: 'gadget', 'default-channel': '22/stable' },
      { name: 'pc-kernel', id: stubId('pc-kernel'), type: 'kernel', 'default-channel': '22/stable' },
    ],
    ...more,
  },
  snaps: [SNAPD, kernel(kernelFiles), base(baseName), gadget(volumes, baseName, files)],
});
const legacy = (name: string, volumes: string, baseName: string | undefined, noiseBytes = 1000): StubSet => ({
  model: { 'brand-id': 'acme', model: name, architecture: 'amd64', ...(baseName && { base: baseName }), gadget: 'pc', kernel: 'pc-kernel', 'required-snaps': ['app-old'] },
  snaps: [
    ...(baseName ? [SNAPD, base(baseName)] : [{ name: 'core', type: 'os', revision: 14, files: { 'usr/lib/snapd/info': 'VERSION=2.60\n' } }]),
    kernel({ 'lib/modules/noise': noise(noiseBytes) }),
    gadget(volumes, baseName),
    { name: 'app-old', ...(baseName && { base: baseName }), revision: 31 },
  ],
});

export type BoardSet = {
  set: StubSet;
  /** Of `image build`. */
  args?: string[];
  sectorBytes?: 512 | 4096;
  /** File systems beside the seed and the writable system, by number of the partition (`<volume>:<number>`): what they hold, a slash at the end for an empty folder. */
  holds?: Record<string, Record<string, string>>;
  /** Of the first image, where it is known beforehand. */
  sizeBytes?: number;
  /** The sector that its boot code reads GRUB's core from. */
  coreAt?: number;
  /** Raw bytes of the first image, by their place. */
  raw?: Record<number, string>;
  /** Names of the images. */
  images?: string[];
};

const EXTRA = { 'one.txt': 'one', 'deep/two words.txt': '2', 'empty/': '', large: LARGE };
const GRUB_BOOT = { 'EFI/boot/grubx64.efi': 'grub' };

/** For tests: boards of every kind, small. */
export const BOARD_SETS: Record<string, BoardSet> = {
  'UC16 on a PC': { set: legacy('uc16', UC16, undefined, 9_000_000), holds: { 'pc:1': GRUB_BOOT } },
  'UC18 on a PC': { set: STUB_SETS.uc18, holds: { 'pc:2': { ...GRUB_BOOT, 'EFI/ubuntu/grub.cfg': 'cfg' } } },
  'UC18 with a size': { set: legacy('uc18-size', UC16, 'core18'), args: ['--image-size', 'pc:200M'], sizeBytes: 200 * 2 ** 20, holds: { 'pc:1': GRUB_BOOT } },
  'UC18 with its data first': { set: legacy('uc18-first', DATA_FIRST, 'core18'), args: ['--image-size', '1G'], sizeBytes: 2 ** 30, holds: { 'pc:2': GRUB_BOOT } },
  'UC18 with sectors of 4096 bytes': { set: legacy('uc18-4k', UC16.replace('40M', '280M'), 'core18'), args: ['--sector-size', '4096'], sectorBytes: 4096, holds: { 'pc:1': GRUB_BOOT } },
  'UC18 on a Raspberry Pi': { set: STUB_SETS['uc18-pi'], images: ['pi'], holds: { 'pi:1': { 'bootcode.bin': 'boot', 'config.txt': 'kernel=uboot.bin\n', 'overlays/x.dtbo': 'x' } } },
  'UC20 on a PC': { set: modes('uc20', PC, { baseName: 'core20' }) },
  'UC22 on a PC': { set: modes('uc22', volume('pc', `${BIOS_BOOT}${seed(40)}${ON_DEVICE}`)), coreAt: 2048 },
  'UC24 on a PC': {
    set: modes('uc24-card', volume('pc', `${BIOS_BOOT}${seed(64)}${ON_DEVICE}`), {
      baseName: 'core24',
      files: { ...FILES, 'pc-core.img': noise(30_000), 'grubx64.efi': noise(9000), 'grub.conf': '' },
      kernelFiles: { 'kernel.efi': noise(20_000) },
      more: { grade: 'dangerous' },
    }),
    coreAt: 2048,
  },
  'UC24 on a PC, for a medium': { set: modes('uc24', PC, { baseName: 'core24' }), args: ['--size-profile', 'flash'], sizeBytes: 41 * 2 ** 20 + 67 * 512 },
  'UC22 with file systems of its gadget': { set: modes('uc22-own', volume('pc', seed(40) + OF_THE_GADGET + ON_DEVICE)), holds: { 'pc:2': { ...EXTRA, 'a/b/c': 'grub' }, 'pc:3': {}, 'pc:4': EXTRA, 'pc:5': {} } },
  'UC22 with GRUB on an MBR': { set: modes('uc22-mbr', volume('pc', MBR_GRUB + seed(40, '0C') + ON_PI, 'schema: mbr\n    bootloader: grub')), coreAt: 1 },
  'UC22 with sectors of 4096 bytes': { set: modes('uc22-4k', volume('pc', BIOS_BOOT + seed(280) + OF_THE_GADGET.replace('8M', '24M') + ON_DEVICE)), args: ['--sector-size', '4096'], sectorBytes: 4096, coreAt: 256, holds: { 'pc:3': { ...EXTRA, 'a/b/c': 'grub' }, 'pc:4': {}, 'pc:5': EXTRA, 'pc:6': {} } },
  'UC22 with several volumes': {
    set: modes('uc22-many', `${volume('firmware', `      - {name: one, type: "${LINUX}", size: 1M, content: [{image: raw.img}]}\n      - {name: two, filesystem: ext4, type: "${LINUX}", size: 4M, content: [{source: extra/, target: /}]}\n`, 'schema: gpt')}  soldered:\n    schema: emmc\n    structure:\n      - {name: boot0, content: [{image: raw.img}]}\n${PC}`),
    images: ['pc', 'firmware'],
    holds: { 'firmware:2': EXTRA },
  },
  'UC22 on a Raspberry Pi': {
    set: modes('uc22-pi', volume('pi', PI_SEED + ON_PI, 'schema: mbr\n    bootloader: piboot'), { files: { 'piboot.conf': '', ...PI_FILES }, kernelFiles: { 'kernel.img': noise(3_000_000), 'dtbs/broadcom/board.dtb': 'dtb', 'dtbs/overlays/a.dtbo': 'a' }, more: { architecture: 'arm64' } }),
    images: ['pi'],
  },
  'UC20 with U-Boot': {
    set: modes('uc20-uboot', volume('pi', PI_SEED + ON_PI, 'schema: mbr\n    bootloader: u-boot'), { baseName: 'core20', files: { 'uboot.conf': '', ...PI_FILES }, kernelFiles: { 'initrd.img': LARGE, 'dtbs/board.dtb': 'dtb' }, more: { architecture: 'arm64' } }),
    images: ['pi'],
  },
  'UC24 on an i.MX board with its seed on ext4': {
    set: modes('uc24-imx', IMX, { baseName: 'core24', files: { ...EXTRA_FILES, 'uboot.conf': '', 'boot.scr': 'scr', 'sum.bin': '123456789', 'flash.bin': 'F'.repeat(5000) }, kernelFiles: UBOOT_KERNEL, more: { architecture: 'arm64' } }),
    images: ['emmc'],
    holds: { 'emmc:2': EXTRA },
    raw: { 20_000: '123456789', 33_792: 'F'.repeat(5000) },
  },
  'UC24 with its seed on FAT16': { set: modes('uc24-fat16', volume('pc', seed(12).replace('vfat', 'vfat-16') + ON_DEVICE), { baseName: 'core24' }) },
  'UC24 with its seed on ext4 of an MBR with sectors of 4096 bytes': {
    set: modes('uc24-mbr-ext4', volume('pi', `      - {name: sum, type: bare, offset: 1024, size: 9, content: [{image: sum.bin}]}\n${PI_SEED.replace('vfat', 'ext4')}${ON_PI}`, 'schema: mbr\n    bootloader: u-boot'), { baseName: 'core24', files: { 'uboot.conf': '', 'sum.bin': '123456789', ...PI_FILES }, kernelFiles: UBOOT_KERNEL, more: { architecture: 'arm64' } }),
    args: ['--sector-size', '4096'],
    sectorBytes: 4096,
    images: ['pi'],
    raw: { 1024: '123456789' },
  },
  'UC22 with the environment of U-Boot in a partition': {
    set: modes('uc22-part', volume('pc', `      - {name: state, role: system-boot-state, type: 3DE21764-95BD-54BD-A5C3-4ABE786F38A8, offset: 1M, size: 1M}\n${PI_SEED.replace('0C', ESP)}${ON_DEVICE}`, 'bootloader: u-boot'), { files: { 'uboot.conf': '', ...PI_FILES }, kernelFiles: { 'dtbs/board.dtb': 'dtb' }, more: { architecture: 'arm64' } }),
  },
};
