import { describe, expect, it } from 'vitest';
import type { Assertion } from '../assertion/assertion';
import { fromUtf8, utf8 } from '../bytes';
import type { SnapType } from '../snap/names';
import { parseSnapYaml } from '../snap/snap-yaml';
import { planImage16 } from './image16';
import type { SeedSnap } from './plan-seed';
import { bootFiles16, planSeed16, type Seed16Input } from './seed16';
import { textFile, type TreeEntry } from './tree';

const assertion = (type: string, primaryKey: string[]): Assertion => ({
  type, format: 0, revision: 0, authorityId: 'canonical', primaryKey, signKeyId: 'key', headers: {}, body: new Uint8Array(0),
  content: utf8(`type: ${type}\nkey: ${primaryKey.join('/')}`), signature: utf8('c2ln\n'),
});
const storeKey = assertion('account-key', ['store-key']);
type Change = { local?: boolean; channel?: string; confinement?: string; contact?: string; components?: SeedSnap['found']['components'] };
const snap = (name: string, type: SnapType, revision: number, { local, channel = 'stable', confinement = 'strict', contact = '', components = [] }: Change = {}): SeedSnap => ({
  found: { name, revision: local ? -1 : revision, snapId: local ? undefined : `id-${name}`, sha3_384: 'a'.repeat(96), sizeBytes: revision, facts: { ...parseSnapYaml(`name: ${name}\nversion: 1.0\nconfinement: ${confinement}`), type }, components },
  modelSnap: undefined, channel, local: local === true, isOption: false, auxInfo: { private: true, contact, links: {} },
  assertions: local ? [] : [storeKey, assertion('snap-declaration', ['16', `id-${name}`]), assertion('snap-revision', [`digest-${name}`, 'global-upload'])],
});
const UC18 = [snap('snapd', 'snapd', 10), snap('pc-kernel', 'kernel', 11, { channel: '18' }), snap('core18', 'base', 12), snap('pc', 'gadget', 13), snap('zebra', 'app', 14), snap('app', 'app', 15, { contact: 'mailto:a@example.com' }), snap('other', 'base', 16), snap('core', 'core', 17)];
const INPUT: Seed16Input = { model: assertion('model', ['16', 'acme', 'old']), modelChain: [assertion('account', ['acme']), storeKey], extraAssertions: [], fromModel: UC18, extras: [] };
const plan = (change: Partial<Seed16Input> = {}) => planSeed16({ ...INPUT, ...change });
const pathsOf = (tree: readonly TreeEntry[]) => tree.map(({ path }) => path);
const textOf = (tree: readonly TreeEntry[], path: string) => {
  const content = tree.find((entry) => entry.path === path)?.content;
  return content?.kind === 'bytes' ? fromUtf8(content.bytes) : content?.kind === 'symlink' ? `-> ${content.target}` : content?.kind;
};
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};
const SEED = 'var/lib/snapd/seed';

describe('a seed of UC16/18', () => {
  it('has each assertion in a file of its own, and each snap', () =>
    expect(pathsOf(plan({ fromModel: UC18.slice(0, 4), extraAssertions: [assertion('snap-revision', ['digest-x', 'other-upload'])] }))).toEqual([
      ...['16,id-core18.snap-declaration', '16,id-pc-kernel.snap-declaration', '16,id-pc.snap-declaration', '16,id-snapd.snap-declaration', 'acme.account', 'digest-core18.snap-revision', 'digest-pc-kernel.snap-revision', 'digest-pc.snap-revision', 'digest-snapd.snap-revision', 'digest-x,other-upload.snap-revision', 'model', 'store-key.account-key'].map((name) => `${SEED}/assertions/${name}`),
      `${SEED}/seed.yaml`,
      ...['core18_12', 'pc-kernel_11', 'pc_13', 'snapd_10'].map((name) => `${SEED}/snaps/${name}.snap`),
      'var/lib/snapd/snaps/core18_12.snap',
      'var/lib/snapd/snaps/pc-kernel_11.snap',
    ]));

  it('has assertions byte for byte, and links to the snaps it starts with', () => {
    expect(textOf(plan(), `${SEED}/assertions/model`)).toBe('type: model\nkey: 16/acme/old\n\nc2ln\n');
    expect(textOf(plan(), 'var/lib/snapd/snaps/pc-kernel_11.snap')).toBe('-> ../seed/snaps/pc-kernel_11.snap');
    expect(textOf(plan(), `${SEED}/snaps/pc_13.snap`)).toBe('blob');
  });

  it('tells its snaps in the order of their installation', () =>
    expect(textOf(plan({ extras: [snap('dev', 'app', 1, { local: true, confinement: 'devmode', channel: 'edge' }), snap('wide', 'app', 2, { confinement: 'classic' })] }), `${SEED}/seed.yaml`)).toBe(`snaps:
- name: snapd
  snap-id: id-snapd
  channel: stable
  file: snapd_10.snap
- name: core
  snap-id: id-core
  channel: stable
  file: core_17.snap
- name: pc-kernel
  snap-id: id-pc-kernel
  channel: "18"
  file: pc-kernel_11.snap
- name: core18
  snap-id: id-core18
  channel: stable
  file: core18_12.snap
- name: other
  snap-id: id-other
  channel: stable
  file: other_16.snap
- name: pc
  snap-id: id-pc
  channel: stable
  file: pc_13.snap
- name: zebra
  snap-id: id-zebra
  channel: stable
  file: zebra_14.snap
- name: app
  snap-id: id-app
  channel: stable
  contact: mailto:a@example.com
  file: app_15.snap
- name: dev
  devmode: true
  unasserted: true
  file: dev_x1.snap
- name: wide
  snap-id: id-wide
  channel: stable
  classic: true
  file: wide_2.snap
`));

  it('starts with the base and kernel that come before the gadget', () => {
    expect(bootFiles16(UC18)).toEqual({ baseFile: 'core18_12.snap', kernelFile: 'pc-kernel_11.snap' });
    expect(bootFiles16([snap('core', 'core', 5), snap('kern', 'kernel', 6, { local: true }), snap('pc', 'gadget', 7), snap('core18', 'base', 8)])).toEqual({ baseFile: 'core_5.snap', kernelFile: 'kern_x1.snap' });
    expect(() => bootFiles16([snap('pc', 'gadget', 7), snap('core', 'core', 5)])).toThrow(RangeError);
  });

  it.each<[string, Partial<Seed16Input>]>([
    ['snap-repeated', { extras: [snap('pc', 'gadget', 99)] }],
    ['snap-not-asserted', { extras: [{ ...snap('xx', 'app', 1), assertions: [storeKey] }] }],
    ['components-not-supported', { extras: [snap('xx', 'app', 1, { components: [{ name: 'c', revision: 1, sha3_384: 'b', sizeBytes: 1 }] })] }],
  ])('is refused as %s', (code, change) => expect(codeOf(() => plan(change))).toBe(code));
});

describe('an image of UC16/18', () => {
  const boot = [textFile('boot/grub/grub.cfg', utf8('x'))];

  it('holds what the gadget and the caller set', () => {
    const { tree } = planImage16({ seed: [], boot, cloudConf: utf8('#cloud-config\n'), systemDefaults: new Map([['service.console-conf.disable', { text: 'true', isText: false }]]), cloudInitUserData: utf8('users'), disableConsoleConf: true });
    expect(pathsOf(tree)).toEqual([
      '_writable_defaults/etc/sysctl.d',
      '_writable_defaults/var/lib/console-conf/complete',
      '_writable_defaults/var/lib/snapd/features',
      '_writable_defaults/var/lib/snapd/repair.json',
      'boot/grub/grub.cfg',
      'etc/cloud/cloud.cfg',
      'var/lib/cloud/seed/nocloud-net/meta-data',
      'var/lib/cloud/seed/nocloud-net/user-data',
    ]);
    expect(textOf(tree, '_writable_defaults/var/lib/console-conf/complete')).toBe('console-conf has been disabled by image customization\n');
    expect(textOf(tree, 'var/lib/cloud/seed/nocloud-net/meta-data')).toBe('instance-id: nocloud-static\n');
  });

  it('holds nothing else', () => expect(pathsOf(planImage16({ seed: plan({ fromModel: UC18.slice(0, 4) }), boot }).tree)).toEqual(['boot/grub/grub.cfg', ...pathsOf(plan({ fromModel: UC18.slice(0, 4) }))]));
});
