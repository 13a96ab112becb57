import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Headers } from '../assertion/assertion';
import { fromUtf8 } from '../bytes';
import { segmentLength } from '../image/plan';
import { isFile } from '../seed/tree';
import type { ImageOptions } from './options';
import type { PreparedImage } from './prepare-image';
import { BOARD_SETS } from './testing/board-sets';
import { makeSet, type MadeSet, type StubSet } from './testing/make-set';
import { prepareSet } from './testing/prepare-set';
import { STUB_SETS } from './testing/stub-sets';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const made = new Map<string, Promise<MadeSet>>();
async function make(set: StubSet): Promise<MadeSet> {
  const folder = await mkdtemp(path.join(tmpdir(), 'imprint-prepare-'));
  folders.push(folder);
  return makeSet(folder, set);
}
/** Each set is made once. */
const setOf = (name: keyof typeof STUB_SETS): Promise<MadeSet> => {
  const known = made.get(name) ?? make(STUB_SETS[name]);
  made.set(name, known);
  return known;
};

const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error as { code?: string }).code ?? String(error));
const pathsOf = ({ tree }: PreparedImage): string[] => tree.map((entry) => entry.path);
const textOf = ({ tree }: PreparedImage, name: string): string => {
  const entry = tree.find((each) => each.path === name);
  return entry && isFile(entry) && entry.content.kind === 'bytes' ? (fromUtf8(entry.content.bytes) ?? '') : '';
};

describe('an image of a UC22 model', () => {
  it('has the files that snapd prepares, and is laid out as the gadget says', async () => {
    const image = await prepareSet(await setOf('uc22-signed'));
    expect(image.lock.label).toBe('20260101');
    expect(pathsOf(image)).toEqual([
      'EFI/boot/bootx64.efi',
      'EFI/boot/grubx64.efi',
      'EFI/ubuntu/grub.cfg',
      'EFI/ubuntu/grubenv',
      'snaps/core22_12.snap',
      'snaps/pc-kernel_11.snap',
      'snaps/pc_13.snap',
      'snaps/snapd_10.snap',
      'systems/20260101/assertions/model-etc',
      'systems/20260101/assertions/snaps',
      'systems/20260101/grubenv',
      'systems/20260101/model',
    ]);
    const [disk] = image.images;
    expect(disk!.volume).toBe('pc');
    expect(disk!.plan.partitions.map((p) => p.name)).toEqual(['BIOS Boot', 'ubuntu-seed']);
    expect(disk!.plan.segments.reduce((sum, segment) => sum + segmentLength(segment), 0)).toBe(disk!.plan.sizeBytes);
  });

  it('is the same by its lock, and says what would be different', async () => {
    const set = await setOf('uc22-signed');
    const { lock, images } = await prepareSet(set, { epoch: 1_800_000_000, label: 'mine' });
    expect(await prepareSet(set, {}, { lock })).toMatchObject({ lock, images });
    expect(await codeOf(prepareSet(set, {}, { lock: { ...lock, format: 1 as never } }))).toBe('lock-format');
    await expect(prepareSet(set, {}, { lock: { ...lock, assertions: lock.assertions.map((a) => (a.type === 'account' ? { ...a, revision: 7 } : a)) } })).rejects.toThrow(/assertions \(account acme\) is different now/);
    expect(await codeOf(prepareSet(set, {}, { lock: { ...lock, snaps: lock.snaps.map((s) => (s.name === 'pc' ? { ...s, sha3_384: 'a'.repeat(96) } : s)) } }))).toBe('snap-digest');
  });

  it('follows its validation sets', async () => {
    const set = await setOf('uc22-sets');
    const { lock } = await prepareSet(set);
    expect(lock.validationSets).toEqual([{ accountId: 'acme', name: 'base-set', sequence: 2 }, { accountId: 'acme', name: 'apps', sequence: 3 }]);
    expect(await codeOf(prepareSet(set, { validation: 'ignore' }))).toBe('valset-enforced');
    expect(await codeOf(prepareSet(set, { revisions: new Map([['pc-kernel', 9]]) }))).toBe('valset-unmet');
    expect(await codeOf(prepareSet(set, { sequences: new Map([['acme/apps', 4]]) }))).toBe('valset-sequence');
    expect(await codeOf(prepareSet(set, { sequences: new Map([['acme/nothing', 4]]) }))).toBe('valset-unknown');
    expect(await codeOf(prepareSet(set, { sequences: new Map([['acme/base-set', 1]]) }))).toBe('snap-unknown');
  });
});

describe('an image of grade dangerous', () => {
  it('takes channels, extras, components and files that nobody vouches for', async () => {
    const set = await setOf('uc24-dangerous');
    const own = { file: path.join(set.snaps, 'own-app_0.1+dev.snap'), channel: '' };
    const image = await prepareSet(set, {
      channel: 'candidate',
      snaps: [{ name: 'app-two', channel: '' }, { name: 'extra-one', channel: 'edge' }, own],
      components: [{ snapName: 'app-one', name: 'maps' }, { file: path.join(set.snaps, 'own-app+data_7.comp') }],
    });
    expect(pathsOf(image).filter((name) => /\.(?:snap|comp)$/.test(name))).toEqual([
      'snaps/app-one+maps_6.comp',
      'snaps/app-one+wifi_5.comp',
      'snaps/app-one_21.snap',
      'snaps/app-two_22.snap',
      'snaps/core22_12.snap',
      'snaps/core24_12.snap',
      'snaps/pc-kernel_11.snap',
      'snaps/pc_13.snap',
      'snaps/rescue_23.snap',
      'snaps/snapd_10.snap',
      'systems/20260101/snaps/extra-one_24.snap',
      'systems/20260101/snaps/own-app+data_7.comp',
      'systems/20260101/snaps/own-app_0.1+dev.snap',
    ]);
    const options = textOf(image, 'systems/20260101/options.yaml');
    expect(options).toContain('- name: pc-kernel\n  id: pckernelxxxxxxxxxxxxxxxxxxxxxxxx\n  channel: 22/candidate\n');
    expect(options).toContain('- name: extra-one\n  id: extraonexxxxxxxxxxxxxxxxxxxxxxxx\n  channel: latest/edge\n');
    expect(options).toContain('- name: own-app\n  unasserted: own-app_0.1+dev.snap\n  components:\n  - name: data\n    unasserted: own-app+data_7.comp\n');
    const told = { code: 'snap-unasserted', message: expect.stringContaining('own-app') as unknown };
    expect(image.warnings).toContainEqual(told);
    expect(textOf(image, 'systems/20260101/grubenv')).toContain('panic=-1 quiet splash\n');
  });

  it.each<[string, Partial<ImageOptions>]>([
    ['channel-invalid', { channel: 'a/b/c/d' }],
    ['snap-repeated', { snaps: [{ name: 'pc', channel: '' }, { name: 'pc', channel: '' }] }],
    ['snap-instance', { snaps: [{ name: 'pc_x', channel: '' }] }],
    ['snap-unknown', { snaps: [{ name: 'nowhere', channel: '' }] }],
    ['snap-unknown', { revisions: new Map([['pc', 99]]) }],
    ['file-missing', { snaps: [{ file: '/nowhere/x.snap', channel: '' }] }],
    ['seed-label-invalid', { label: '2026A' }],
    ['boot-flags-invalid', { bootFlags: ['nonsense'] }],
  ])('refuses %s: %j', async (code, options) => expect(await codeOf(prepareSet(await setOf('uc24-dangerous'), options))).toBe(code));
});

describe('an image of a signed grade refuses', () => {
  it.each<[string, Partial<ImageOptions>]>([
    ['model-grade-forbids-channel', { channel: 'edge' }],
    ['model-grade-forbids-channel', { snaps: [{ name: 'pc', channel: '22/edge' }] }],
    ['model-grade-forbids-extra', { snaps: [{ name: 'other', channel: '' }] }],
  ])('%s', async (code, options) => expect(await codeOf(prepareSet(await setOf('uc22-signed'), options))).toBe(code));
});

describe('a file beside the model', () => {
  it('is refused above grade dangerous when nobody vouches for it, and taken when somebody does', async () => {
    const set = await make({ ...STUB_SETS['uc22-signed'], snaps: [...STUB_SETS['uc22-signed'].snaps, { name: 'own-app', base: 'core22', asserted: false }], model: { ...STUB_SETS['uc22-signed'].model, snaps: [...(STUB_SETS['uc22-signed'].model['snaps'] as []), { name: 'own-app', id: 'x'.repeat(32), type: 'app', presence: 'optional' }] } });
    expect(await codeOf(prepareSet(set, { snaps: [{ file: path.join(set.snaps, 'own-app_1.0.snap'), channel: '' }] }))).toBe('model-grade-forbids-local');
    const { lock } = await prepareSet(set, { snaps: [{ file: path.join(set.snaps, 'pc_13.snap'), channel: '' }] });
    expect(lock.snaps.find(({ name }) => name === 'pc')).toMatchObject({ revision: 13, channel: '22/stable' });
  });

  it('of a component needs the file of its snap, and is one when it is given twice', async () => {
    const set = await setOf('uc24-dangerous');
    const component = { file: path.join(set.snaps, 'own-app+data_7.comp') };
    expect(await codeOf(prepareSet(set, { components: [component] }))).toBe('component-without-snap');
    const { lock } = await prepareSet(set, { snaps: [{ file: path.join(set.snaps, 'own-app_0.1+dev.snap'), channel: '' }], components: [component, component] });
    expect(lock.snaps.at(-1)!.components).toHaveLength(1);
    const named = { snaps: [{ file: path.join(set.snaps, 'own-app_0.1+dev.snap'), channel: '' }], components: [{ snapName: 'own-app', name: 'data' }] };
    expect(await codeOf(prepareSet(set, named))).toBe('component-without-file');
    const listed = await prepareSet(set, { snaps: [{ file: path.join(set.snaps, 'app-one_21.snap'), channel: '' }], components: [{ snapName: 'app-one', name: 'maps' }] }, { seedOnly: true });
    const message = expect.stringContaining('app-one+maps has to be given as a file too; it is left out.') as unknown;
    expect(listed.warnings).toContainEqual({ code: 'component-left-out', message });
  });
});

describe('a file that no store has looked over', () => {
  const danger = STUB_SETS['uc24-dangerous'];
  const codeWith = async (snap: Partial<StubSet['snaps'][number]>): Promise<string> => {
    const set = await make({ ...danger, snaps: [...danger.snaps, { name: 'mine', base: 'core24', asserted: false, ...snap }] });
    return codeOf(prepareSet(set, { snaps: [{ file: path.join(set.snaps, 'mine_1.0.snap'), channel: '' }] }, { seedOnly: true }));
  };
  it.each<[string, string, Partial<StubSet['snaps'][number]>]>([
    ['is taken with hooks and snapshots that fit', 'none', { yaml: 'apps: {web: {command: bin/web, daemon: simple}}\n', files: { 'meta/hooks/default-configure': 'x', 'meta/hooks/configure': '', 'meta/snapshots.yaml': 'exclude: [$SNAP_DATA/cache]\n' } }],
    ['keeps the rules of snap.yaml', 'snap-yaml-invalid', { yaml: 'apps: {web: {command: bin/web, daemon: nothing}}\n' }],
    ['may have default-configure beside configure only', 'snap-yaml-invalid', { files: { 'meta/hooks/default-configure': '' } }],
    ['keeps the rules of snapshots.yaml', 'snap-yaml-invalid', { files: { 'meta/snapshots.yaml': 'exclude: [/etc]\n' } }],
    ['has kernel-modules only as a kernel', 'snap-yaml-invalid', { components: [{ name: 'wifi', type: 'kernel-modules' }] }],
  ])('%s', async (_, code, snap) => expect(await codeWith(snap)).toBe(code));
});

describe('what a device would refuse is refused before', () => {
  const plain = STUB_SETS['uc22-signed'];
  const withSnap = (name: string, change: object): StubSet => ({ ...plain, snaps: plain.snaps.map((snap) => (snap.name === name ? { ...snap, ...change } : snap)) });
  const pcFiles = { 'meta/gadget.yaml': '', ...plain.snaps.find(({ name }) => name === 'pc')?.files };
  const withModel = (change: Headers): StubSet => ({ ...plain, model: { ...plain.model, ...change } });
  it.each<[string, StubSet]>([
    ['snap-publisher', withSnap('pc', { publisher: 'maker' })],
    ['gadget-base', withSnap('pc', { base: 'core20' })],
    ['snap-arch', withSnap('pc-kernel', { yaml: 'architectures: [arm64]\n' })],
    ['snap-type', withSnap('core22', { type: 'app', base: 'none' })],
    ['snap-unknown', withSnap('pc-kernel', { asserted: false })],
    ['kernel-snapd-mismatch', withSnap('snapd', { files: { 'usr/lib/snapd/info': 'VERSION=2.70\n' } })],
    ['snapd-info-missing', withSnap('snapd', { files: { 'usr/lib/snapd/info': 'SNAPD_APPARMOR_REEXEC=1\n' } })],
    ['snapd-info-missing', withSnap('pc-kernel', { files: { ...plain.snaps.find(({ name }) => name === 'pc-kernel')?.files, 'snapd-info': 'x=y\n' } })],
    ['snapd-info-invalid', withSnap('snapd', { files: { 'usr/lib/snapd/info': "VERSION=2.67\nSNAPD_ASSERTS_FORMATS='{'\n" } })],
    ['model-reserved-header', withModel({ class: 'x' })],
    // Content of what the device makes itself has to be there as well.
    ['gadget-content-invalid', withSnap('pc', { files: { ...pcFiles, 'meta/gadget.yaml': pcFiles['meta/gadget.yaml'].replace('offset: 1202M\n', 'offset: 1202M\n        content: [{source: nothing, target: x}]\n') } })],
    ['gadget-cmdline-invalid', withSnap('pc', { files: { ...pcFiles, 'meta/gadget.yaml': `${pcFiles['meta/gadget.yaml']}defaults: {system: {system.kernel.cmdline-append: 7}}\n` } })],
    ['snap-yaml-invalid', withSnap('pc-kernel', { yaml: 'license: nonsense\n' })],
    ['valset-missing', withModel({ 'validation-sets': [{ name: 'nothing', mode: 'enforce' }] })],
  ])('%s', async (code, set) => expect(await codeOf(prepareSet(await make(set)))).toBe(code));

  it('a model that nobody trusted signed', async () => {
    const other = await setOf('uc22-content');
    const set = await setOf('uc22-signed');
    expect(await codeOf(prepareSet({ ...set, roots: other.roots }))).toBe('model-signature');
  });
});

describe('a gadget with several volumes', () => {
  const { set } = BOARD_SETS['UC22 with several volumes']!;
  const volumesOf = async (of: StubSet) => (await prepareSet(await make(of))).images.map(({ volume }) => volume);
  const withYaml = (change: (yaml: string) => string): StubSet => ({ ...set, snaps: set.snaps.map((snap) => (snap.type === 'gadget' ? { ...snap, files: { ...snap.files, 'meta/gadget.yaml': change(String(snap.files!['meta/gadget.yaml'])) } } : snap)) });

  it('has an image each but of an eMMC, first the one that the system lies on, whichever names the boot loader', async () => {
    expect(await volumesOf(set)).toEqual(['pc', 'firmware']);
    expect(await volumesOf(withYaml((yaml) => yaml.replace('bootloader: grub', 'schema: gpt').replace('schema: gpt', 'bootloader: grub')))).toEqual(['pc', 'firmware']);
  });
});

describe('an image of UC18', () => {
  it('has the seed that snapd prepares, on a PC', async () => {
    const image = await prepareSet(await setOf('uc18'), {}, { seedOnly: true });
    expect(pathsOf(image).filter((name) => !name.includes('/assertions/'))).toEqual([
      'boot/grub/grub.cfg',
      'boot/grub/grubenv',
      'etc/cloud/cloud.cfg',
      'var/lib/snapd/seed/seed.yaml',
      'var/lib/snapd/seed/snaps/app-core_32.snap',
      'var/lib/snapd/seed/snaps/app-old_31.snap',
      'var/lib/snapd/seed/snaps/core18_12.snap',
      'var/lib/snapd/seed/snaps/core_12.snap',
      'var/lib/snapd/seed/snaps/pc-kernel_11.snap',
      'var/lib/snapd/seed/snaps/pc_13.snap',
      'var/lib/snapd/seed/snaps/snapd_10.snap',
      'var/lib/snapd/snaps/core18_12.snap',
      'var/lib/snapd/snaps/pc-kernel_11.snap',
    ]);
    expect(textOf(image, 'var/lib/snapd/seed/seed.yaml')).toContain('- name: pc-kernel\n  snap-id: pckernelxxxxxxxxxxxxxxxxxxxxxxxx\n  channel: "18"\n  file: pc-kernel_11.snap\n');
    expect(image.warnings).toEqual([{ code: 'core-added', message: expect.stringContaining('app-core') as unknown }]);
  });

  it('has core from the channel that is asked for it, though nobody lists it', async () => {
    const image = await prepareSet(await setOf('uc18'), { snaps: [{ name: 'core', channel: 'beta' }] }, { seedOnly: true });
    expect(textOf(image, 'var/lib/snapd/seed/seed.yaml')).toContain('- name: core\n  snap-id: 99T7MUlRhtI3U0QFgl5mXXESAiSwt776\n  channel: beta\n');
  });

  it('has what U-Boot reads, on a Raspberry Pi', async () => {
    const image = await prepareSet(await setOf('uc18-pi'), {}, { seedOnly: true });
    expect(pathsOf(image).filter((name) => name.startsWith('boot/'))).toEqual(['boot/uboot/pi-kernel_41.snap/dtbs/bcm2709-rpi-2-b.dtb', 'boot/uboot/pi-kernel_41.snap/dtbs/overlays/a.dtbo', 'boot/uboot/pi-kernel_41.snap/initrd.img', 'boot/uboot/pi-kernel_41.snap/kernel.img', 'boot/uboot/uboot.env']);
    expect(image.lock.snaps.map(({ name, channel }) => [name, channel])).toEqual([['snapd', 'stable'], ['pi-kernel', '18-pi3'], ['core18', 'stable'], ['pi', '18-pi3'], ['network-manager', 'stable']]);
  });
});
