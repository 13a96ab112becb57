import { describe, expect, it } from 'vitest';
import type { Assertion } from '../assertion/assertion';
import { fromUtf8, utf8 } from '../bytes';
import { treeOf } from './content-files';
import { readGrubEnv } from './grub-env';
import { chooseLabel, epochOf } from './label';
import { planSeed, type SeedInput, type SeedSnap } from './plan-seed';
import type { TreeFile } from './tree';

const assertion = (type: string, primaryKey: string[], headers: Record<string, string> = {}): Assertion => ({
  type, format: 0, revision: 0, authorityId: 'canonical', primaryKey, signKeyId: 'key', headers, body: new Uint8Array(0),
  content: utf8(`type: ${type}\nkey: ${primaryKey.join('/')}`), signature: utf8('c2ln\n'),
});
const storeKey = assertion('account-key', ['store-key']);
const publisher = assertion('account', ['canonical']);
const snap = (name: string, type: string, revision: number, more: Partial<SeedSnap> = {}): SeedSnap => ({
  name, type, revision, snapId: name.padEnd(32, '0'), sha3_384: name[0]!.repeat(96), sizeBytes: 1000 + revision, channel: 'latest/stable', defaultChannel: 'latest/stable',
  assertions: [storeKey, publisher, assertion('snap-declaration', ['16', name], { timestamp: '2024-01-01T10:00:00Z' }), assertion('snap-revision', [name], { timestamp: '2023-12-01T10:00:00Z' })],
  auxInfo: { private: false, contact: '', links: {} },
  ...more,
});
const file = (path: string, text = 'x'): TreeFile => ({ path, content: { kind: 'bytes', bytes: utf8(text) } });
const SNAPS = [snap('hello', 'app', 5), snap('pc', 'gadget', 4), snap('core22', 'base', 3), snap('pc-kernel', 'kernel', 2), snap('snapd', 'snapd', 1), snap('core20', 'base', 6)];
const INPUT: SeedInput = {
  model: assertion('model', ['16', 'acme', 'box'], { base: 'core22', architecture: 'amd64', grade: 'signed', timestamp: '2023-06-01T10:00:00Z' }),
  modelChain: [assertion('account', ['acme']), assertion('account-key', ['acme-key']), storeKey],
  snaps: SNAPS,
  label: '20240101',
  bootFlags: [],
  gadgetFiles: [file('EFI/boot/grubx64.efi'), file('EFI/boot/bootx64.efi')],
  kernelArgs: 'console=ttyS0 console=tty1 panic=-1',
};
const plan = (change: Partial<SeedInput> = {}) => planSeed({ ...INPUT, ...change });
const textOf = (files: TreeFile[], path: string) => {
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
    expect(plan().files.map((f) => f.path)).toEqual([
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

  it('names its snaps in the order snapd reads them', () => expect(plan().snaps.map((s) => s.name)).toEqual(['snapd', 'pc-kernel', 'core22', 'pc', 'hello', 'core20']));

  it('names snaps by digest and copies none', () => expect(plan().files.find((f) => f.path === 'snaps/pc_4.snap')!.content).toEqual({ kind: 'blob', sha3_384: 'p'.repeat(96), sizeBytes: 1004 }));

  it('has the model alone in its file, byte for byte', () => expect(textOf(plan().files, 'systems/20240101/model')).toBe('type: model\nkey: 16/acme/box\n\nc2ln\n'));

  it('writes each assertion once, in the first file that needs it', () => {
    const { files } = plan();
    const keysIn = (path: string) => [...textOf(files, path)!.matchAll(/^type: (.*)\nkey: (.*)$/gm)].map((m) => `${m[1]} ${m[2]}`);
    expect(keysIn('systems/20240101/assertions/model-etc')).toEqual(['account acme', 'account-key acme-key', 'account-key store-key']);
    const inSnaps = keysIn('systems/20240101/assertions/snaps');
    expect(inSnaps.slice(0, 3)).toEqual(['account canonical', 'snap-declaration 16/snapd', 'snap-revision snapd']);
    expect(inSnaps.filter((k) => k.startsWith('snap-declaration'))).toHaveLength(6);
    expect(inSnaps.filter((k) => k.startsWith('snap-revision'))).toHaveLength(6);
    expect(new Set(inSnaps).size).toBe(inSnaps.length);
    expect(textOf(files, 'systems/20240101/assertions/model-etc')).toBe('type: account\nkey: acme\n\nc2ln\n\ntype: account-key\nkey: acme-key\n\nc2ln\n\ntype: account-key\nkey: store-key\n\nc2ln\n');
  });

  it('tells the boot loader the kernel and its arguments', () => {
    const { files } = plan({ bootFlags: ['factory'] });
    expect([...readGrubEnv(utf8(textOf(files, 'systems/20240101/grubenv')!))]).toEqual([
      ['snapd_recovery_kernel', '/snaps/pc-kernel_2.snap'],
      ['snapd_extra_cmdline_args', ''],
      ['snapd_full_cmdline_args', 'console=ttyS0 console=tty1 panic=-1'],
    ]);
    expect([...readGrubEnv(utf8(textOf(files, 'EFI/ubuntu/grubenv')!))]).toEqual([['snapd_recovery_mode', 'install'], ['snapd_recovery_system', '20240101'], ['snapd_boot_flags', 'factory']]);
  });

  it('is the same whatever the order of gadget files', () => expect(plan({ gadgetFiles: [...INPUT.gadgetFiles].reverse() })).toEqual(plan()));

  it('keeps what boots the device its own', () => {
    const { files } = plan({ gadgetFiles: [file('efi/UBUNTU/grub.cfg', 'evil'), file('EFI/ubuntu/shim.efi')] });
    expect(files.filter((f) => /grub\.cfg$/.test(f.path)).map((f) => f.path)).toEqual(['EFI/ubuntu/grub.cfg']);
    expect(textOf(files, 'EFI/ubuntu/grub.cfg')).toMatch(/^# Snapd-Boot-Config-Edition: 2\n/);
    for (const path of ['systems/20240101/model2', 'SNAPS/evil.snap', 'Systems/x', 'snaps']) expect(codeOf(() => plan({ gadgetFiles: [file(path)] })), path).toBe('gadget-content-invalid');
  });

  it('of another architecture has its own arguments and boot loader', () => {
    const { files } = plan({ model: { ...INPUT.model, headers: { ...INPUT.model.headers, architecture: 'arm64' } } });
    const script = textOf(files, 'EFI/ubuntu/grub.cfg')!;
    expect(script).toContain("snapd_static_cmdline_args='panic=-1'");
    expect(script).toContain('/EFI/boot/grubaa64.efi');
  });
});

describe('a seed of grade dangerous', () => {
  const dangerous = { ...INPUT.model, headers: { ...INPUT.model.headers, grade: 'dangerous' } };
  const extra = snap('extra', 'app', 9, { defaultChannel: undefined, channel: 'latest/edge' });

  it('keeps extra snaps with their system, and tells of them in the order of the snaps', () => {
    const { files } = plan({ model: dangerous, snaps: [extra, ...SNAPS.map((s) => (s.name === 'pc' ? { ...s, channel: '22/edge' } : s))] });
    const paths = files.map((f) => f.path);
    expect(paths).toContain('systems/20240101/snaps/extra_9.snap');
    expect(textOf(files, 'systems/20240101/assertions/extra-snaps')).toContain('snap-declaration');
    expect(textOf(files, 'systems/20240101/assertions/snaps')).not.toContain('extra');
    expect(textOf(files, 'systems/20240101/options.yaml')).toBe(`snaps:\n- name: pc\n  id: ${'pc'.padEnd(32, '0')}\n  channel: 22/edge\n- name: extra\n  id: ${'extra'.padEnd(32, '0')}\n  channel: latest/edge\n`);
  });

  it('that does as its model says has no options', () => expect(plan({ model: dangerous }).files.map((f) => f.path)).not.toContain('systems/20240101/options.yaml'));
});

describe('aux-info.json', () => {
  it('is one line as Go writes it', () => {
    const auxInfo = { private: true, contact: 'mailto:a&b@c', links: { website: ['https://x/?a=1&b=<2>'], contact: ['a\u2028"\\\u0001'], none: [] } };
    const { files } = plan({ snaps: SNAPS.map((s) => (s.name === 'hello' ? { ...s, auxInfo } : s.name === 'pc' ? { ...s, auxInfo: { private: false, contact: 'only this', links: {} } } : s)) });
    expect(textOf(files, 'systems/20240101/snaps/aux-info.json')).toBe(
      `{"${'hello'.padEnd(32, '0')}":{"private":true,"links":{"contact":["a\\u2028\\"\\\\\\u0001"],"website":["https://x/?a=1\\u0026b=\\u003c2\\u003e"]},"contact":"mailto:a\\u0026b@c"}}\n`,
    );
  });
});

describe('content of the gadget', () => {
  const copied = [{ source: 'grub.efi', target: 'EFI/boot/x.efi', sizeBytes: 1 }];
  it('becomes files of the seed', () => expect(treeOf(copied, new Map([['grub.efi', utf8('x')]]))).toEqual([file('EFI/boot/x.efi')]));
  it('must have been read', () => expect(() => treeOf(copied, new Map())).toThrow(RangeError));
});

describe('a seed is refused', () => {
  it.each<[string, Partial<SeedInput>]>([
    ['seed-label-invalid', { label: '../x' }],
    ['seed-label-invalid', { label: '2024A' }],
    ['seed-label-invalid', { label: '' }],
    ['snap-repeated', { snaps: [...SNAPS, snap('pc', 'app', 9)] }],
    ['snap-not-asserted', { snaps: SNAPS.map((s) => ({ ...s, assertions: [storeKey] })) }],
    ['seed-incomplete', { snaps: SNAPS.filter((s) => s.type !== 'kernel') }],
    ['seed-incomplete', { snaps: [...SNAPS, snap('pc2', 'gadget', 1)] }],
    ['grub-env-too-big', { kernelArgs: 'x'.repeat(1000) }],
  ])('as %s', (code, change) => expect(codeOf(() => plan(change))).toBe(code));

  it('with arguments that would break out of the environment', () => expect(() => plan({ kernelArgs: 'a\nsnapd_recovery_kernel=/evil' })).toThrow(RangeError));
});

describe('the date of an image', () => {
  it('is the latest of model, revisions and declarations', () => {
    expect(epochOf([INPUT.model, ...SNAPS.flatMap((s) => s.assertions), assertion('account', ['x'], { timestamp: '2030-01-01T00:00:00Z' })])).toBe(Date.UTC(2024, 0, 1, 10) / 1000);
    expect(epochOf([assertion('model', [], { timestamp: '2024-01-01T01:00:00.9+02:00' })])).toBe(Date.UTC(2023, 11, 31, 23) / 1000);
  });
  it('is never before 1980', () => expect(epochOf([assertion('model', [], { timestamp: '1970-01-01T00:00:00Z' }), assertion('model', [], { timestamp: 'never' })])).toBe(315_532_800));
  it('names the system by its day in UTC', () => expect(chooseLabel(Date.UTC(2023, 11, 31, 23, 59, 59) / 1000)).toBe('20231231'));
});

describe('a GRUB environment', () => {
  it('is 1,024 bytes to the last', () => expect(textOf(plan().files, 'EFI/ubuntu/grubenv')).toMatch(/^# GRUB Environment Block\nsnapd_recovery_mode=install\nsnapd_recovery_system=20240101\n#{940}$/));
  it('is not read from anything else', () => expect(() => readGrubEnv(utf8('# GRUB Environment Block\n'))).toThrow(RangeError));
});
