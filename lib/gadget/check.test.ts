import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkGadget, checkRoles } from './check';
import type { GadgetRules } from './gadget';
import { parseGadget } from './parse';

const text = (name: string) => readFileSync(new URL(`./fixtures/${name}.yaml`, import.meta.url), 'utf8');
const PC = text('pc-24-amd64');
const problemsOf = (yaml: string) =>
  checkGadget(parseGadget(yaml), 'modes').map((p) => `${p.severity} ${p.code} ${p.path}`);
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('a gadget as a whole', () => {
  it.each(['pc-24-amd64', 'pc-20-amd64', 'pc-24-arm64'])('has no problem when it is %s', (name) => expect(problemsOf(text(name))).toEqual([]));

  it.each([
    ['no seed', PC.replace('role: system-seed', 'role: system-boot-image'), 'error gadget-role-invalid volumes'],
    ['no data', PC.replace('role: system-data', 'role: system-boot-image'), 'error gadget-role-invalid volumes'],
    ['no boot', PC.replace('role: system-boot', 'role: system-boot-image'), 'error gadget-role-invalid volumes'],
    ['two structures of one role', PC.replace('role: system-save', 'role: system-data\n        filesystem-label: other'), 'error gadget-role-invalid volumes.pc.structure[5]'],
    ['a classic seed', PC.replace('role: system-seed', 'role: system-seed-null'), 'error gadget-role-invalid volumes.pc.structure[2]'],
    ['a seed without a file system', PC.replace(/ {6}- name: ubuntu-seed[^]*(?= {6}- name: ubuntu-boot)/, '      - {role: system-seed, type: C12A7328-F81F-11D2-BA4B-00A0C93EC93B, size: 1200M}\n'), 'error gadget-filesystem-invalid volumes.pc.structure[2]'],
    ['another label than its role', PC.replace('role: system-save', 'role: system-save\n        filesystem-label: safe'), 'error gadget-label-invalid volumes.pc.structure[4].filesystem-label'],
    ['a label kept for a role', PC.replace('name: BIOS Boot', 'name: BIOS Boot\n        filesystem-label: ubuntu-boot').replace('role: system-boot', 'role: system-boot\n        filesystem-label: boot'), 'error gadget-label-invalid volumes.pc.structure[1].filesystem-label'],
    ['a structure in the partition table', PC.replace('offset: 1M', 'offset: 4096'), 'error gadget-offset-invalid volumes.pc.structure[1].offset'],
  ])('has a problem with %s', (_, yaml, problem) => expect(problemsOf(yaml)).toContain(problem));

  it.each(['vfat-16', 'vfat-32', 'ext4'])('has no problem with a seed on %s', (filesystem) => expect(problemsOf(PC.replace('filesystem: vfat', `filesystem: ${filesystem}`))).toEqual([]));

  it('has a problem with roles spread over volumes', () => {
    const spread = `${PC.slice(0, PC.indexOf('      - name: ubuntu-data'))}  other:\n    structure:\n${PC.slice(PC.indexOf('      - name: ubuntu-data'))}`;
    expect(problemsOf(spread)).toEqual(['error gadget-role-invalid volumes.other.structure[0]']);
  });

  it('has a problem with labels that FAT or ext4 cannot hold, or tell apart', () => {
    const more = (a: string, b: string) => `${PC}      - {name: a, filesystem: ${a}, type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M}\n      - {name: b, filesystem: ${b}, type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M}\n`;
    const at = (i: number) => `error gadget-label-invalid volumes.pc.structure[${i}].filesystem-label`;
    expect(problemsOf(more('vfat, filesystem-label: twelve-chars', 'ext4, filesystem-label: seventeen-letters'))).toEqual([at(6), at(7)]);
    expect(codeOf(() => problemsOf(more('vfat, filesystem-label: EXTRA', 'ext4, filesystem-label: extra')))).toBe('gadget-label-invalid');
    expect(problemsOf(more('ext4, filesystem-label: EXTRA', 'ext4, filesystem-label: extra'))).toEqual([]);
  });

  it('names the structure and its label', () => {
    const yaml = `${PC}      - {name: extra, filesystem: vfat, filesystem-label: my.data/x, type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 34M}\n`;
    const [problem] = checkGadget(parseGadget(yaml), 'modes');
    expect(problem!.message).toBe('"extra" has the label "my.data/x": a FAT label has none of * ? . , ; : / \\ | + = < > [ ] ".');
    expect(problemsOf(yaml.replace('my.data/x', 'my_data'))).toEqual([]);
  });

  it('takes names and ids that are in no table', () => {
    const raw = `      - {name: ${'x'.repeat(37)}, type: bare, size: 1M, id: none}\n`;
    expect(problemsOf(PC + raw)).toEqual([]);
    expect(problemsOf(text('pi-24-arm64').replace('name: ubuntu-seed', `name: ${'x'.repeat(37)}\n        id: none`))).toEqual([]);
  });

  it('has a problem with a fifth MBR partition in the image', () => {
    const partitions = (count: number) =>
      Array.from({ length: count }, (_, n) => `      - {name: p${n}, type: 83, size: 1M}\n`).join('');
    const plus = (count: number) => problemsOf(text('pi-24-arm64') + partitions(count));
    expect(plus(3)).toEqual([]);
    expect(plus(4)).toEqual(['error mbr-too-many volumes.pi']);
  });
});

describe('what an image needs and snapd does not', () => {
  const withStructure = (text: string) => problemsOf(`${PC}      - {type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M, ${text}}\n`).filter((p) => p.startsWith('error'));
  it.each([
    ['gadget-name-invalid', `name: ${'x'.repeat(37)}`],
    ['gadget-id-invalid', 'id: 0xdeadbeef'],
    ['gadget-size-invalid', 'offset: 65G'],
  ])('is told as %s', (code, text) => expect(withStructure(text).map((p) => p.split(' ')[1])).toEqual([code]));
  it('is an id for each partition of its own', () => {
    const id = '00000000-1111-4222-8333-444444444444';
    const twice = PC + [1, 2].map((n) => `      - {name: p${n}, type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M, id: ${id}}\n`).join('');
    expect(problemsOf(twice)).toEqual(['error gadget-id-invalid volumes.pc.structure[7].id']);
  });
  it('is an id of the disk that the table can hold', () => {
    expect(problemsOf(PC.replace('bootloader: grub', 'bootloader: grub\n    id: not-a-guid'))).toEqual(['error gadget-id-invalid volumes.pc.id']);
    expect(problemsOf(text('pi-24-arm64').replace('bootloader: piboot', 'bootloader: piboot\n    id: "0xdeadbeef"'))).toEqual([]);
  });
  it('is a gadget that leaves nothing to an installer', () => expect(problemsOf(PC.replace('bootloader: grub', 'bootloader: grub\n    partial: [size]'))).toContain('error gadget-partial-invalid volumes.pc.partial'));
});

describe('the rules of a model', () => {
  const codes = (yaml: string, rules: GadgetRules) => checkRoles(parseGadget(yaml, rules), rules).map((p) => p.code);
  it('of UC18 know no seed', () => expect(codes(PC.replaceAll(/role: system-(boot|data)/g, 'role: system-boot-image'), 'legacy')).toEqual(['gadget-role-invalid', 'gadget-role-invalid']));
  it('of UC18 imply system-boot and writable', () => {
    const gadget = parseGadget('volumes: {pc: {bootloader: grub, structure: [{type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M, filesystem-label: system-boot}, {type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M, role: system-data}]}}', 'legacy');
    expect(gadget.volumes[0]!.structures.map((s) => [s.role, s.label])).toEqual([['system-boot', 'system-boot'], ['system-data', 'writable']]);
    expect(checkRoles(gadget, 'legacy')).toEqual([]);
  });
  it('of a hybrid system want boot and data', () => expect(codes(PC.replace('role: system-seed', 'role: system-seed-null'), 'classic-modes')).toEqual([]));
});
