import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MIB } from './quantity';
import { parseGadget } from './parse';

const fixture = (name: string) => parseGadget(readFileSync(new URL(`./fixtures/${name}.yaml`, import.meta.url), 'utf8'));
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return undefined;
};

const SEED = 'name: ubuntu-seed, role: system-seed, filesystem: vfat, type: C12A7328-F81F-11D2-BA4B-00A0C93EC93B, size: 1200M';
const FS = 'type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const volume = (...structures: string[]) => `volumes:\n  pc:\n    bootloader: grub\n    structure:\n${structures.map((s) => `      - {${s}}\n`).join('')}`;
const structureOf = (text: string) => parseGadget(volume(text)).volumes[0]!.structures[0]!;
const codeOfStructure = (text: string) => codeOf(() => structureOf(text));

describe('gadget.yaml', () => {
  it('of the reference PC gadget is read in full', () => {
    const [pc] = fixture('pc-24-amd64').volumes;
    expect(pc).toMatchObject({ name: 'pc', schema: 'gpt', bootloader: 'grub', id: undefined });
    expect(pc!.structures.map((s) => [s.name, s.role, s.filesystem, s.label])).toEqual([
      ['mbr', 'mbr', 'none', ''],
      ['BIOS Boot', undefined, 'none', ''],
      ['ubuntu-seed', 'system-seed', 'vfat-32', 'ubuntu-seed'],
      ['ubuntu-boot', 'system-boot', 'ext4', 'ubuntu-boot'],
      ['ubuntu-save', 'system-save', 'ext4', 'ubuntu-save'],
      ['ubuntu-data', 'system-data', 'ext4', 'ubuntu-data'],
    ]);
    expect(pc!.structures[0]!.content).toEqual([{ kind: 'image', image: 'mbr.img', offsetBytes: undefined, sizeBytes: undefined }]);
    expect(pc!.structures[2]!.content[0]).toEqual({ kind: 'files', source: 'grubx64.efi', target: 'EFI/ubuntu/grubx64.efi' });
    expect(pc!.structures[4]).toMatchObject({ sizeBytes: 32 * MIB, minSizeBytes: 16 * MIB });
  });

  it('of other boot loaders is read too', () => {
    expect(fixture('pi-24-arm64').volumes[0]).toMatchObject({ bootloader: 'piboot', schema: 'mbr' });
    expect(fixture('pi-24-arm64').volumes[0]!.structures[0]!.type).toBe('0C');
  });

  it('keeps every scalar as it is written', () => {
    expect(parseGadget('volumes: {pc: {schema: mbr, bootloader: grub, structure: [{type: 07, size: 1M}, {type: "83", size: 010}]}}').volumes[0]!.structures).toMatchObject([
      { type: '07', sizeBytes: MIB },
      { type: '83', sizeBytes: 10 },
    ]);
    expect(structureOf(`name: yes, ${FS}, size: 1M`).name).toBe('yes');
  });

  it('gives defaults, connections and kernel arguments', () => {
    const gadget = parseGadget(`${volume(SEED)}
defaults: {system: {service: {console-conf: {disable: true}}}, UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH: {a: 1}}
connections: [{plug: "UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH:network"}, {plug: "system:a", slot: "UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH:b"}]
kernel-cmdline: {allow: [quiet, "console=*"], append: [quiet, 'opt="a b"'], remove: ["panic=*"]}
`);
    expect(gadget.connections).toEqual([
      { plug: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH:network', slot: 'system:network' },
      { plug: 'system:a', slot: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH:b' },
    ]);
    expect(gadget.kernelCmdline).toEqual({
      allow: [{ name: 'quiet', value: '' }, { name: 'console', value: undefined }],
      append: [{ name: 'quiet', value: '', isQuoted: false }, { name: 'opt', value: 'a b', isQuoted: true }],
      remove: [{ name: 'panic', value: undefined }],
    });
    expect([...gadget.systemDefaults!]).toEqual([['service.console-conf.disable', { text: 'true', isText: false }]]);
  });

  it.each(['defaults: ', 'defaults: {system: }', 'defaults: {system: {a: "", b: 1e3, c: [on, 2020-01-01], 1: {"2": x, 2020-01-01: y}}}'])('takes %s', (text) => expect(codeOf(() => parseGadget(`${volume(SEED)}${text}\n`))).toBeUndefined());

  it.each(['true', 'No', '~', ''])('takes content with unpack: %s', (word) => expect(structureOf(`${SEED}, content: [{source: a, target: b, unpack: ${word}}]`).content).toEqual([{ kind: 'files', source: 'a', target: 'b' }]));

  it('takes an emmc volume beside', () => {
    const gadget = parseGadget(`${volume(SEED)}  my-emmc: {schema: emmc, structure: [{name: boot0, content: [{image: u.img}]}]}\n`);
    expect(gadget.volumes[1]!.structures[0]).toMatchObject({ name: 'boot0', sizeBytes: 0 });
  });
});

describe('gadget.yaml is refused', () => {
  it.each<[string, string]>([
    ['gadget-yaml-syntax', 'volumes: ['],
    ['gadget-yaml-syntax', '- a\n- b'],
    ['gadget-yaml-syntax', 'volumes: &v {a: 1}\nother: *v'],
    ['gadget-yaml-syntax', 'volumes: {}\nvolumes: {}'],
    ['gadget-yaml-syntax', 'volumes: !!int 5'],
    ['gadget-yaml-syntax', 'volumes: text'],
    ['gadget-yaml-syntax', 'volumes: {pc: {bootloader: grub, structure: {a: 1}}}'],
    ['gadget-yaml-syntax', `${volume(SEED)}defaults: {nobody: {a: 1}}`],
    ['gadget-yaml-syntax', '['.repeat(200)],
    ['gadget-yaml-syntax', `${'- '.repeat(50)}x`],
    ['gadget-volume-invalid', `${' '.repeat(300)}x: 1`],
    ['gadget-too-big', volume(...Array<string>(129).fill(SEED))],
    ['gadget-volume-invalid', ''],
    ['gadget-volume-invalid', 'volumes: {}'],
    ['gadget-volume-invalid', 'volumes: {p: {bootloader: grub}}'],
    ['gadget-volume-invalid', `${volume(SEED)}  other:\n`],
    ['gadget-defaults-invalid', `${volume(SEED)}defaults: {system: {service: {ssh: {disable: }}}}`],
    ['gadget-defaults-invalid', `${volume(SEED)}defaults: {UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH: {a: [1, ~]}}`],
    ['gadget-defaults-invalid', `${volume(SEED)}defaults: {system: {a: {on: x}}}`],
    ['gadget-defaults-invalid', `${volume(SEED)}defaults: {system: {a: {1.5: x}}}`],
    ['gadget-defaults-invalid', `${volume(SEED)}defaults: {system: {a: 18446744073709551615}}`],
    ['gadget-volume-invalid', 'volumes: {"../pc": {bootloader: grub}}'],
    ['gadget-volume-invalid', 'volumes: {my-emmc: {schema: emmc, bootloader: grub}}'],
    ['gadget-schema-invalid', 'volumes: {pc: {schema: "mbr,gpt", bootloader: grub}}'],
    ['gadget-bootloader-invalid', 'volumes: {pc: {schema: gpt}}'],
    ['gadget-bootloader-invalid', 'volumes: {pc: {bootloader: lilo}}'],
    ['gadget-bootloader-invalid', 'volumes: {pc: {bootloader: grub}, sd: {bootloader: grub}}'],
    ['gadget-partial-invalid', 'volumes: {pc: {bootloader: grub, partial: [structure, structure]}}'],
    ['gadget-connection-invalid', `${volume(SEED)}connections: [{plug: network}]`],
    ['gadget-connection-invalid', `${volume(SEED)}connections: [{slot: "system:a"}]`],
    ['gadget-cmdline-invalid', `${volume(SEED)}kernel-cmdline: {append: ["a b"]}`],
    ['gadget-cmdline-invalid', `${volume(SEED)}kernel-cmdline: {remove: ['a="']}`],
  ])('as %s: %j', (code, text) => expect(codeOf(() => parseGadget(text))).toBe(code));

  it('when it is larger than 1 MiB', () => expect(codeOf(() => parseGadget(`# ${'x'.repeat(2 ** 20)}`))).toBe('gadget-yaml-syntax'));

  it('soon, whatever is nested in it', () => {
    for (const bomb of ['['.repeat(500_000), '- '.repeat(400_000), '{a: '.repeat(200_000), '? '.repeat(400_000), Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')]) {
      expect(codeOf(() => parseGadget(bomb))).toBe('gadget-yaml-syntax');
    }
  });
});

describe('a structure is refused', () => {
  it.each<[string, string]>([
    ['gadget-size-invalid', `${FS}`],
    ['gadget-size-invalid', `${FS}, size: 0`],
    ['gadget-size-invalid', `${FS}, size: 1K`],
    ['gadget-size-invalid', `${FS}, size: 1MiB`],
    ['gadget-size-invalid', `${FS}, size: 0x10`],
    ['gadget-size-invalid', `${FS}, size: -1M`],
    ['gadget-size-invalid', `${FS}, size: 1.5G`],
    ['gadget-size-invalid', `${FS}, size: 99999999999999999999999999`],
    ['gadget-size-invalid', `${FS}, size: 1M, min-size: 2M`],
    ['gadget-size-invalid', 'type: mbr, size: 447'],
    ['gadget-offset-invalid', `${FS}, size: 1M, offset: 1T`],
    ['gadget-offset-invalid', `${FS}, size: 1M, offset: ""`],
    ['gadget-size-invalid', `${FS}, size: 1M, min-size: ''`],
    ['gadget-content-invalid', 'type: bare, size: 1M, content: [{image: a, size: ""}]'],
    ['gadget-offset-write-invalid', `${FS}, size: 1M, offset-write: ""`],
    ['gadget-offset-invalid', 'type: mbr, size: 440, offset: 1'],
    ['gadget-offset-write-invalid', `${FS}, size: 1M, offset-write: 5G`],
    ['gadget-offset-write-invalid', `${FS}, size: 1M, offset-write: "+92"`],
    ['gadget-offset-write-invalid', `${FS}, size: 1M, offset-write: mbr+x`],
    ['gadget-name-invalid', `name: "a\\u0007", ${FS}, size: 1M`],
    ['gadget-role-invalid', `role: system-of-a-down, ${FS}, size: 1M`],
    ['gadget-role-invalid', 'role: system-boot, type: mbr, size: 440'],
    ['gadget-role-invalid', 'role: system-boot-state, type: 3DE21764-95BD-54BD-A5C3-4ABE786F38A8, size: 512, offset: 1M'],
    ['gadget-type-invalid', 'size: 1M'],
    ['gadget-type-invalid', 'type: 83, size: 1M'],
    ['gadget-type-invalid', 'type: 0c, size: 1M'],
    ['gadget-type-invalid', 'type: "0FC63DAF-8483-4772-8E79-3D69D8477DE4,83", size: 1M'],
    ['gadget-type-invalid', 'type: "83,0FC63DAF-8483-4772-8E79-3D69D8477DE4,83", size: 1M'],
    ['gadget-type-invalid', 'type: 0FC63DAF-8483-4772-8E79, size: 1M'],
    ['gadget-type-invalid', 'type: bare, role: system-boot, size: 1M'],
    ['gadget-filesystem-invalid', `${FS}, size: 1M, filesystem: fat16`],
    ['gadget-filesystem-invalid', 'type: mbr, size: 440, filesystem: vfat'],
    ['gadget-id-invalid', 'type: mbr, size: 440, id: 0FC63DAF-8483-4772-8E79-3D69D8477DE4'],
    ['gadget-update-invalid', `${FS}, size: 1M, update: {edition: -1}`],
    ['gadget-update-invalid', `${FS}, size: 1M, update: {edition: 4294967296}`],
    ['gadget-update-invalid', `${FS}, size: 1M, update: {preserve: [a]}`],
    ['gadget-update-invalid', `${FS}, size: 1M, filesystem: ext4, update: {preserve: [a, a]}`],
    ['gadget-content-invalid', `${FS}, size: 1M, content: [{source: a, target: b}]`],
    ['gadget-content-invalid', `${FS}, size: 1M, content: [{offset: 1}]`],
    ['gadget-content-invalid', `${SEED}, content: [{image: a}]`],
    ['gadget-content-invalid', `${SEED}, content: [{source: a}]`],
    ['gadget-yaml-syntax', `${SEED}, content: [{source: a, target: b, unpack: perhaps}]`],
    ['gadget-yaml-syntax', 'type: bare, size: 1M, content: [{image: a, unpack: [true]}]'],
    ['gadget-path-escape', `${SEED}, content: [{source: "$kernel:../x", target: /}]`],
    ['gadget-path-escape', `${SEED}, content: [{source: "$kernel:dtbs/../../x", target: /}]`],
    ['gadget-update-invalid', `${FS}, size: 1M, update: {edition: ""}`],
    ['gadget-yaml-syntax', `${FS}, size: 1M, : x`],
    ['gadget-update-invalid', `${FS}, size: 1M, update: {edition: NULL}`],
  ])('as %s: %s', (code, text) => expect(codeOfStructure(text)).toBe(code));

  // Each of these has copied a file of the building machine, or written over one.
  it.each(['../../etc/shadow', '/etc/shadow', '..', 'a/../../b', 'a/..', 'a\\..\\b', '"a\\0b"', '"a\\nb"', '//etc/shadow'])('when it takes %s', (path) => {
    const quoted = path.startsWith('"') ? path : `'${path}'`;
    expect(codeOfStructure(`${FS}, size: 1M, content: [{image: ${quoted}}]`)).toBe('gadget-path-escape');
    expect(codeOfStructure(`${SEED}, content: [{source: ${quoted}, target: a}]`)).toBe('gadget-path-escape');
    if (!path.startsWith('/')) expect(codeOfStructure(`${SEED}, content: [{source: a, target: ${quoted}}]`)).toBe('gadget-path-escape');
  });

  it('when another has its name', () => expect(codeOf(() => parseGadget(volume(SEED, SEED)))).toBe('gadget-name-invalid'));

  it('in an emmc volume when it has more than a name and content', () => {
    const emmc = (structure: string) => codeOf(() => parseGadget(`${volume(SEED)}  my-emmc: {schema: emmc, structure: [{${structure}}]}\n`));
    expect(emmc('name: boot2')).toBe('gadget-name-invalid');
    expect(emmc('name: boot0, size: 1M')).toBe('gadget-schema-invalid');
    expect(emmc('name: boot0, content: [{image: a, offset: 1}]')).toBe('gadget-content-invalid');
    for (const more of ['filesystem-label: 0', 'offset-write: 0', 'role: 0', 'min-size: 1']) expect(emmc(`name: boot0, ${more}`)).toBe('gadget-schema-invalid');
    for (const more of ['offset: 94537, size: 0M', 'min-size: 0, content: [{image: a, size: 0}]']) expect(emmc(`name: boot0, ${more}`)).toBeUndefined();
    expect([emmc('name: boot0, offset: 1K'), emmc('name: boot0, update: {edition: x}')]).toEqual(['gadget-offset-invalid', 'gadget-update-invalid']);
  });
});
