import { describe, expect, it } from 'vitest';
import type { Assertion } from '../assertion/assertion';
import { fromUtf8, utf8 } from '../bytes';
import { treeOf } from './content-files';
import { readGrubEnv } from './grub-env';
import { chooseLabel, epochOf } from './label';
import type { ModelSnap } from '../model/model';
import type { SnapType } from '../snap/names';
import { parseSnapYaml } from '../snap/snap-yaml';
import { bootWithGrub } from './boot/grub';
import { mergeSeed, planSeed, type SeedInput, type SeedSnap } from './plan-seed';
import type { TreeEntry, TreeFile } from './tree';

const assertion = (type: string, primaryKey: string[], headers: Record<string, string> = {}): Assertion => ({
  type, format: 0, revision: 0, authorityId: 'canonical', primaryKey, signKeyId: 'key', headers, body: new Uint8Array(0),
  content: utf8(`type: ${type}\nkey: ${primaryKey.join('/')}`), signature: utf8('c2ln\n'),
});
const storeKey = assertion('account-key', ['store-key']);
const publisher = assertion('account', ['canonical']);
type Change = { snapId?: string | undefined; channel?: string; components?: SeedSnap['found']['components']; auxInfo?: SeedSnap['auxInfo']; assertions?: Assertion[]; version?: string; modelSnap?: Partial<ModelSnap> | 'extra' };
const listed = (name: string, type: SnapType, more: Partial<ModelSnap> = {}): ModelSnap => ({ name, snapId: name.padEnd(32, '0'), type, presence: 'required', modes: ['run'], defaultChannel: 'latest/stable', pinnedTrack: '', classic: false, components: {}, essential: false, implied: false, ...more });
const snap = (name: string, type: SnapType, revision: number, change: Change = {}): SeedSnap => ({
  found: {
    name, revision, snapId: 'snapId' in change ? change.snapId : name.padEnd(32, '0'), sha3_384: name[0]!.repeat(96), sizeBytes: 1000 + revision,
    facts: { ...parseSnapYaml(`name: ${name}\nversion: ${change.version ?? '1.0'}`), type }, components: change.components ?? [],
  },
  modelSnap: change.modelSnap === 'extra' ? undefined : listed(name, type, change.modelSnap),
  channel: change.channel ?? 'latest/stable', local: false, isOption: false, auxInfo: change.auxInfo ?? { private: false, contact: '', links: {} },
  assertions: change.assertions ?? [storeKey, publisher, assertion('snap-declaration', ['16', name], { timestamp: '2024-01-01T10:00:00Z' }), assertion('snap-revision', [name], { timestamp: '2023-12-01T10:00:00Z' })],
});
const file = (path: string, text = 'x'): TreeFile => ({ path, content: { kind: 'bytes', bytes: utf8(text) } });
const SNAPS = [snap('snapd', 'snapd', 1), snap('pc-kernel', 'kernel', 2), snap('core22', 'base', 3), snap('pc', 'gadget', 4), snap('hello', 'app', 5), snap('core20', 'base', 6)];
const INPUT: SeedInput = {
  model: assertion('model', ['16', 'acme', 'box'], { base: 'core22', architecture: 'amd64', grade: 'signed', timestamp: '2023-06-01T10:00:00Z' }),
  modelChain: [assertion('account', ['acme']), assertion('account-key', ['acme-key']), storeKey],
  extraAssertions: [],
  fromModel: SNAPS,
  extras: [],
  label: '20240101',
};
const GADGET = [file('EFI/boot/grubx64.efi'), file('EFI/boot/bootx64.efi')];
const BOOT = { architecture: 'amd64', label: '20240101', kernelPath: 'snaps/pc-kernel_2.snap', kernelArguments: 'console=ttyS0 console=tty1 panic=-1', bootFlags: [] as string[] };
const plan = (change: Partial<SeedInput> = {}) => planSeed({ ...INPUT, ...change });
const pathsOf = (tree: readonly TreeEntry[]) => tree.map((f) => f.path);
const textOf = (files: readonly TreeEntry[], path: string) => {
  const content = files.find((f) => f.path === path)?.content;
  return content?.kind === 'bytes' ? fromUtf8(content.bytes) : undefined;
};
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('a seed', () => {
  it('of the reference model has just these files', () =>
    expect(pathsOf(mergeSeed(GADGET, bootWithGrub(BOOT), plan()))).toEqual([
      'EFI/boot/bootx64.efi',
      'EFI/boot/grubx64.efi',
      'EFI/ubuntu/grub.cfg',
      'EFI/ubuntu/grubenv',
      'snaps/core20_6.snap',
      'snaps/core22_3.snap',
      'snaps/hello_5.snap',
      'snaps/pc-kernel_2.snap',
      'snaps/pc_4.snap',
      'snaps/snapd_1.snap',
      'systems/20240101/assertions/model-etc',
      'systems/20240101/assertions/snaps',
      'systems/20240101/grubenv',
      'systems/20240101/model',
    ]));

  it('names snaps by digest and copies none', () => expect(plan().find((f) => f.path === 'snaps/pc_4.snap')!.content).toEqual({ kind: 'blob', sha3_384: 'p'.repeat(96), sizeBytes: 1004 }));

  it('has the model alone in its file, byte for byte', () => expect(textOf(plan(), 'systems/20240101/model')).toBe('type: model\nkey: 16/acme/box\n\nc2ln\n'));

  it('writes each assertion once, in the first file that needs it', () => {
    const files = plan();
    const keysIn = (path: string) => [...textOf(files, path)!.matchAll(/^type: (.*)\nkey: (.*)$/gm)].map((m) => `${m[1]} ${m[2]}`);
    expect(keysIn('systems/20240101/assertions/model-etc')).toEqual(['account acme', 'account-key acme-key', 'account-key store-key']);
    const inSnaps = keysIn('systems/20240101/assertions/snaps');
    expect(inSnaps.slice(0, 3)).toEqual(['account canonical', 'snap-declaration 16/snapd', 'snap-revision snapd']);
    expect(inSnaps.filter((k) => k.startsWith('snap-declaration'))).toHaveLength(6);
    expect(inSnaps.filter((k) => k.startsWith('snap-revision'))).toHaveLength(6);
    expect(new Set(inSnaps).size).toBe(inSnaps.length);
    expect(textOf(files, 'systems/20240101/assertions/model-etc')).toBe('type: account\nkey: acme\n\nc2ln\n\ntype: account-key\nkey: acme-key\n\nc2ln\n\ntype: account-key\nkey: store-key\n\nc2ln\n');
  });

  it('keeps what is given beside in files of its own, users where a device imports them', () => {
    const files = plan({ extraAssertions: [publisher, assertion('system-user', ['acme', 'a@b']), assertion('store', ['shop'])] });
    expect(textOf(files, 'systems/20240101/auto-import.assert')).toBe('type: system-user\nkey: acme/a@b\n\nc2ln\n');
    expect(textOf(files, 'systems/20240101/assertions/extra-assertions')).toContain('type: account\nkey: canonical\n');
    expect(textOf(files, 'systems/20240101/assertions/extra-assertions')).toContain('type: store');
    expect(textOf(files, 'systems/20240101/assertions/snaps')).not.toContain('type: account\n');
  });

  it('has components beside their snap', () => {
    const component = (name: string) => ({ name, revision: 7, sha3_384: 'c'.repeat(96), sizeBytes: 10 });
    const withComponent = snap('hello', 'app', 5, { components: [component('wifi'), component('other')], modelSnap: { components: { wifi: { presence: 'required', modes: ['run'] } } } });
    const files = plan({ fromModel: SNAPS.map((s) => (s.found.name === 'hello' ? withComponent : s)) });
    expect(pathsOf(files).filter((path) => path.includes('+'))).toEqual(['snaps/hello+wifi_7.comp', 'systems/20240101/snaps/hello+other_7.comp']);
    expect(textOf(files, 'systems/20240101/options.yaml')).toBe(`snaps:\n- name: hello\n  id: ${'hello'.padEnd(32, '0')}\n  components:\n  - name: other\n`);
  });
});

describe('GRUB on a seed', () => {
  it('is told the kernel and its arguments', () => {
    const files = bootWithGrub({ ...BOOT, bootFlags: ['factory'] });
    expect([...readGrubEnv(utf8(textOf(files, 'systems/20240101/grubenv')!))]).toEqual([
      ['snapd_recovery_kernel', '/snaps/pc-kernel_2.snap'],
      ['snapd_extra_cmdline_args', ''],
      ['snapd_full_cmdline_args', 'console=ttyS0 console=tty1 panic=-1'],
    ]);
    expect([...readGrubEnv(utf8(textOf(files, 'EFI/ubuntu/grubenv')!))]).toEqual([['snapd_recovery_mode', 'install'], ['snapd_recovery_system', '20240101'], ['snapd_boot_flags', 'factory']]);
  });

  it('of another architecture has its own arguments and boot loader', () => {
    const script = textOf(bootWithGrub({ ...BOOT, architecture: 'arm64' }), 'EFI/ubuntu/grub.cfg')!;
    expect(script).toContain("snapd_static_cmdline_args='panic=-1'");
    expect(script).toContain('/EFI/boot/grubaa64.efi');
  });

  it('has an environment of 1,024 bytes to the last', () => expect(textOf(bootWithGrub(BOOT), 'EFI/ubuntu/grubenv')).toMatch(/^# GRUB Environment Block\nsnapd_recovery_mode=install\nsnapd_recovery_system=20240101\n#{940}$/));
  it('does not read its environment from anything else', () => expect(() => readGrubEnv(utf8('# GRUB Environment Block\n'))).toThrow(RangeError));
  it('refuses arguments that would break out of the environment', () => expect(codeOf(() => bootWithGrub({ ...BOOT, kernelArguments: 'a\nsnapd_recovery_kernel=/evil' }))).toBe('grub-env-invalid'));
  it('writes what snapd writes of any other text', () =>
    expect(textOf(bootWithGrub({ ...BOOT, kernelArguments: 'a=ä\tb="\\"' }), 'systems/20240101/grubenv')).toContain('_args=a=ä\tb="\\"\n#'));
  it('refuses more than the environment holds', () => expect(codeOf(() => bootWithGrub({ ...BOOT, kernelArguments: 'x'.repeat(1000) }))).toBe('grub-env-too-big'));
});

describe('a whole tree', () => {
  const merge = (gadget: TreeFile[]) => mergeSeed(gadget, bootWithGrub(BOOT), plan());
  it('is the same whatever the order of gadget files', () => expect(merge([...GADGET].reverse())).toEqual(merge(GADGET)));
  it('keeps what boots the device its own', () => {
    const files = merge([file('efi/UBUNTU/grub.cfg', 'evil'), file('EFI/ubuntu/shim.efi')]);
    expect(pathsOf(files).filter((path) => /grub\.cfg$/.test(path))).toEqual(['EFI/ubuntu/grub.cfg']);
    expect(textOf(files, 'EFI/ubuntu/grub.cfg')).toMatch(/^# Snapd-Boot-Config-Edition: 2\n/);
    for (const path of ['systems/20240101/model2', 'SNAPS/evil.snap', 'Systems/x', 'snaps']) expect(codeOf(() => merge([file(path)])), path).toBe('gadget-content-invalid');
  });
});

describe('a seed of grade dangerous', () => {
  const dangerous = { ...INPUT.model, headers: { ...INPUT.model.headers, grade: 'dangerous' } };
  const extra = snap('extra', 'app', 9, { modelSnap: 'extra', channel: 'latest/edge' });
  const local = snap('local', 'app', -1, { modelSnap: 'extra', snapId: undefined, version: '1.2:3', assertions: [], components: [{ name: 'wifi', revision: -1, sha3_384: 'c'.repeat(96), sizeBytes: 10, info: { snapName: 'local', name: 'wifi', type: 'standard', version: '4', provenance: 'global-upload' } }] });

  it('keeps extra snaps with their system, and tells of them in the order of the snaps', () => {
    const files = plan({ model: dangerous, fromModel: SNAPS.map((s) => (s.found.name === 'pc' ? { ...s, channel: '22/edge' } : s)), extras: [extra] });
    expect(pathsOf(files)).toContain('systems/20240101/snaps/extra_9.snap');
    expect(textOf(files, 'systems/20240101/assertions/extra-snaps')).toContain('snap-declaration');
    expect(textOf(files, 'systems/20240101/assertions/snaps')).not.toContain('extra');
    expect(textOf(files, 'systems/20240101/options.yaml')).toBe(`snaps:\n- name: pc\n  id: ${'pc'.padEnd(32, '0')}\n  channel: 22/edge\n- name: extra\n  id: ${'extra'.padEnd(32, '0')}\n  channel: latest/edge\n`);
  });

  it('names files that no assertion speaks of by their version, where FAT can hold it', () => {
    const own = snap('hello', 'app', -1, { snapId: undefined, version: '2.0', assertions: [] });
    const files = plan({ model: dangerous, fromModel: SNAPS.map((s) => (s.found.name === 'hello' ? own : s)), extras: [local] });
    expect(pathsOf(files).filter((path) => path.includes('/snaps/'))).toEqual(['systems/20240101/snaps/hello_2.0.snap', 'systems/20240101/snaps/local+wifi_4.comp', 'systems/20240101/snaps/local_x1.snap']);
    expect(textOf(files, 'systems/20240101/options.yaml')).toBe(
      `snaps:\n- name: hello\n  id: ${'hello'.padEnd(32, '0')}\n  unasserted: hello_2.0.snap\n- name: local\n  unasserted: local_x1.snap\n  components:\n  - name: wifi\n    unasserted: local+wifi_4.comp\n`,
    );
  });

  it('has its folder of snaps even when no assertion speaks of any', () => {
    const files = plan({ model: dangerous, fromModel: SNAPS.map((s) => snap(s.found.name, s.found.facts.type, -1, { snapId: undefined, assertions: [] })) });
    expect(files[0]).toEqual({ path: 'snaps', content: { kind: 'directory' } });
  });

  it('that does as its model says has no options', () => expect(pathsOf(plan({ model: dangerous }))).not.toContain('systems/20240101/options.yaml'));
});

describe('aux-info.json', () => {
  it('is one line as Go writes it', () => {
    const auxInfo = { private: true, contact: 'mailto:a&b@c', links: { website: ['https://x/?a=1&b=<2>'], contact: ['a\u2028"\\\u0001'], none: [] } };
    const files = plan({ fromModel: SNAPS.map((s) => ({ ...s, auxInfo: s.found.name === 'hello' ? auxInfo : { private: false, contact: s.found.name === 'pc' ? 'only this' : '', links: {} } })) });
    expect(textOf(files, 'systems/20240101/snaps/aux-info.json')).toBe(
      `{"${'hello'.padEnd(32, '0')}":{"private":true,"links":{"contact":["a\\u2028\\"\\\\\\u0001"],"website":["https://x/?a=1\\u0026b=\\u003c2\\u003e"]},"contact":"mailto:a\\u0026b@c"}}\n`,
    );
  });
});

describe('content of the gadget', () => {
  const copied = { files: [{ from: 'gadget' as const, source: 'grub.efi', target: 'EFI/boot/x.efi', sizeBytes: 1 }], directories: ['EFI', 'empty'] };
  it('becomes files of the seed', () => expect(treeOf(copied, { gadget: new Map([['grub.efi', { kind: 'bytes', bytes: utf8('x') }]]), kernel: new Map() })).toEqual([file('EFI/boot/x.efi'), { path: 'empty', content: { kind: 'directory' } }]));
  it('must have been read', () => expect(() => treeOf(copied, { gadget: new Map(), kernel: new Map() })).toThrow(RangeError));
});

describe('a seed is refused', () => {
  it.each<[string, Partial<SeedInput>]>([
    ['seed-label-invalid', { label: '../x' }],
    ['seed-label-invalid', { label: '2024A' }],
    ['seed-label-invalid', { label: '' }],
    ['snap-repeated', { extras: [snap('pc', 'app', 9)] }],
    ['snap-not-asserted', { fromModel: SNAPS.map((s) => ({ ...s, assertions: [storeKey] })) }],
  ])('as %s', (code, change) => expect(codeOf(() => plan(change))).toBe(code));
});

describe('the date of an image', () => {
  it('is the latest of model, revisions and declarations', () => {
    expect(epochOf([INPUT.model, ...SNAPS.flatMap((s) => s.assertions), assertion('account', ['x'], { timestamp: '2030-01-01T00:00:00Z' })])).toBe(Date.UTC(2024, 0, 1, 10) / 1000);
    expect(epochOf([assertion('model', [], { timestamp: '2024-01-01T01:00:00.9+02:00' })])).toBe(Date.UTC(2023, 11, 31, 23) / 1000);
  });
  it('is never before 1980', () => expect(epochOf([assertion('model', [], { timestamp: '1970-01-01T00:00:00Z' }), assertion('model', [], { timestamp: 'never' })])).toBe(315_532_800));
  it('names the system by its day in UTC', () => expect(chooseLabel(Date.UTC(2023, 11, 31, 23, 59, 59) / 1000)).toBe('20231231'));
});
