import type { Headers } from '../../assertion/assertion';
import { stubId, type StubSet, type StubSnap } from './make-set';

const PC_GADGET = (schema = '') => `volumes:
  pc:
${schema}    bootloader: grub
    structure:
      - name: mbr
        type: mbr
        size: 440
        update:
          edition: 1
        content:
          - image: pc-boot.img
      - name: BIOS Boot
        type: DA,21686148-6449-6E6F-744E-656564454649
        size: 1M
        offset: 1M
        offset-write: mbr+92
        update:
          edition: 2
        content:
          - image: pc-core.img
`;
const PC_20 = `${PC_GADGET()}      - name: ubuntu-seed
        role: system-seed
        filesystem: vfat
        type: EF,C12A7328-F81F-11D2-BA4B-00A0C93EC93B
        size: 1200M
        update:
          edition: 2
        content:
          - source: grubx64.efi
            target: EFI/boot/grubx64.efi
          - source: shim.efi.signed
            target: EFI/boot/bootx64.efi
      - name: ubuntu-boot
        role: system-boot
        filesystem: ext4
        type: 83,0FC63DAF-8483-4772-8E79-3D69D8477DE4
        offset: 1202M
        size: 750M
      - name: ubuntu-save
        role: system-save
        filesystem: ext4
        type: 83,0FC63DAF-8483-4772-8E79-3D69D8477DE4
        size: 16M
      - name: ubuntu-data
        role: system-data
        filesystem: ext4
        type: 83,0FC63DAF-8483-4772-8E79-3D69D8477DE4
        size: 1G
`;
const PC_18 = `${PC_GADGET()}      - name: EFI System
        type: EF,C12A7328-F81F-11D2-BA4B-00A0C93EC93B
        filesystem: vfat
        filesystem-label: system-boot
        size: 50M
        content:
          - source: grubx64.efi
            target: EFI/boot/grubx64.efi
          - source: grub.cfg
            target: EFI/ubuntu/grub.cfg
`;
const PI_18 = `device-tree: bcm2709-rpi-2-b
volumes:
  pi:
    schema: mbr
    bootloader: u-boot
    structure:
      - type: 0C
        filesystem: vfat
        filesystem-label: system-boot
        size: 256M
        content:
          - source: boot-assets/
            target: /
`;

const PC_FILES = { 'pc-boot.img': 'B'.repeat(440), 'pc-core.img': 'C'.repeat(1000), 'grubx64.efi': 'grub', 'shim.efi.signed': 'shim', 'grub.conf': '', 'grub.cfg': 'cfg' };
const SNAPD: StubSnap = { name: 'snapd', type: 'snapd', revision: 10, version: '2.67', files: { 'usr/lib/snapd/info': 'VERSION=2.67\n' } };
const KERNEL: StubSnap = { name: 'pc-kernel', type: 'kernel', revision: 11, files: { 'kernel.efi': 'kernel', 'snapd-info': 'VERSION=2.67\n', 'kernel.img': 'k', 'initrd.img': 'i' } };
const base = (name: string): StubSnap => ({ name, type: 'base', revision: 12 });
const gadget = (yaml: string, more: Partial<StubSnap> = {}): StubSnap => ({ name: 'pc', type: 'gadget', base: 'core22', revision: 13, ...more, files: { 'meta/gadget.yaml': yaml, ...PC_FILES, ...more.files } });

const entry = (name: string, type: string, more: Headers = {}): Headers => ({ name, id: stubId(name), type, ...more });
const entrySet = (name: string, more: Headers): Headers => ({ name, id: stubId(name), ...more });
const model20 = (name: string, more: Headers = {}, snaps: Headers[] = []): Headers => ({
  'brand-id': 'acme',
  model: name,
  architecture: 'amd64',
  base: 'core22',
  grade: 'signed',
  snaps: [entry('pc', 'gadget', { 'default-channel': '22/stable' }), entry('pc-kernel', 'kernel', { 'default-channel': '22/stable' }), ...snaps],
  ...more,
});
const LINKS = 'links:\n  website:\n    - https://example.com/?a=1&b=2\n';

/** For tests: models of every kind with the snaps that they need. */
export const STUB_SETS = {
  'uc22-signed': { model: model20('plain'), snaps: [SNAPD, KERNEL, base('core22'), gadget(PC_20)] },
  'uc24-dangerous': {
    model: model20('full', { base: 'core24', grade: 'dangerous', 'display-name': 'Full Box' }, [
      entry('app-one', 'app', { 'default-channel': 'latest/edge', components: { wifi: 'required', maps: 'optional' } }),
      entry('app-two', 'app', { presence: 'optional' }),
      entry('core22', 'base', { modes: ['run', 'ephemeral'] }),
      entry('rescue', 'app', { modes: ['recover'] }),
    ]),
    snaps: [
      { ...SNAPD, yaml: LINKS },
      KERNEL,
      base('core24'),
      base('core22'),
      gadget(PC_20, { base: 'core24', files: { 'cmdline.extra': 'quiet splash\n' } }),
      { name: 'app-one', base: 'core24', revision: 21, yaml: LINKS, components: [{ name: 'wifi', revision: 5 }, { name: 'maps', revision: 6, version: '3' }] },
      { name: 'app-two', base: 'core22', revision: 22, publisher: 'maker' },
      { name: 'rescue', base: 'core22', revision: 23 },
      { name: 'extra-one', base: 'core22', revision: 24 },
      { name: 'own-app', base: 'core24', version: '0.1+dev', asserted: false, components: [{ name: 'data', version: '7' }] },
    ],
  },
  uc18: { model: { 'brand-id': 'acme', model: 'old', architecture: 'amd64', base: 'core18', gadget: 'pc=18', kernel: 'pc-kernel=18', 'required-snaps': ['app-old', 'app-core'] }, snaps: [SNAPD, { ...KERNEL, files: { 'kernel.img': 'k', 'initrd.img': 'i' } }, base('core18'), { ...base('core'), type: 'os', files: { 'usr/lib/snapd/info': 'VERSION=2.60\n' } }, gadget(PC_18, { base: 'core18', files: { 'grub.conf': 'set timeout=0\n', 'cloud.conf': '#cloud\n' } }), { name: 'app-old', base: 'core18', revision: 31 }, { name: 'app-core', revision: 32 }] },
  'uc18-pi': {
    model: { 'brand-id': 'acme', model: 'acme-pi3', architecture: 'armhf', base: 'core18', gadget: 'pi=18-pi3', kernel: 'pi-kernel=18-pi3', 'required-snaps': ['network-manager'] },
    snaps: [
      { ...SNAPD, yaml: 'architectures: [armhf]\n' },
      { name: 'pi-kernel', type: 'kernel', revision: 41, yaml: 'architectures: [armhf]\n', files: { 'kernel.img': 'kernel', 'initrd.img': 'initrd', 'dtbs/bcm2709-rpi-2-b.dtb': 'dtb', 'dtbs/overlays/a.dtbo': 'a' } },
      base('core18'),
      { name: 'pi', type: 'gadget', base: 'core18', revision: 42, files: { 'meta/gadget.yaml': PI_18, 'uboot.conf': '', 'boot-assets/bootcode.bin': 'boot', 'boot-assets/config.txt': 'kernel=uboot.bin\n', 'boot-assets/overlays/x.dtbo': 'x' } },
      { name: 'network-manager', base: 'core18', revision: 43, publisher: 'canonical' },
    ],
  },
  'uc22-sets': {
    model: model20('guarded', { 'validation-sets': [{ 'account-id': 'acme', name: 'base-set', mode: 'enforce' }, { 'account-id': 'acme', name: 'apps', sequence: '3', mode: 'prefer-enforce' }] }, [entry('app-one', 'app')]),
    snaps: [SNAPD, KERNEL, base('core22'), gadget(PC_20), { name: 'app-one', base: 'core22', revision: 21 }],
    validationSets: [
      { name: 'base-set', sequence: '1', snaps: [entrySet('pc-kernel', { revision: '9' })] },
      { name: 'base-set', sequence: '2', snaps: [entrySet('pc-kernel', { revision: '11' }), entrySet('other', { presence: 'invalid' })] },
      { name: 'apps', sequence: '3', snaps: [entrySet('app-one', { presence: 'optional', revision: '21' })] },
      { name: 'apps', sequence: '4', snaps: [entrySet('app-one', { presence: 'invalid' })] },
    ],
  },
  'uc22-content': {
    model: model20('shared', { grade: 'dangerous' }, [entry('viewer', 'app'), entry('gfx', 'app')]),
    snaps: [
      SNAPD,
      KERNEL,
      base('core22'),
      gadget(PC_20),
      { name: 'viewer', base: 'core22', yaml: 'plugs:\n  gfx-plug:\n    interface: content\n    content: gfx-1\n    target: $SNAP/gfx\n    default-provider: gfx\n' },
      { name: 'gfx', base: 'core22', yaml: 'slots:\n  gfx-slot:\n    interface: content\n    content: gfx-1\n    read: [$SNAP/x]\n' },
    ],
  },
} satisfies Record<string, StubSet>;
