import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertSupported, checkGadget } from './check';
import { parseGadget } from './parse';

const text = (name: string) => readFileSync(new URL(`./fixtures/${name}.yaml`, import.meta.url), 'utf8');
const PC = text('pc-24-amd64');
const signed = { grade: 'signed' as const };
const problemsOf = (yaml: string, demands: Parameters<typeof checkGadget>[1] = signed) => checkGadget(parseGadget(yaml), demands).map((p) => `${p.severity} ${p.code} ${p.path}`);
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('a gadget as a whole', () => {
  it.each(['pc-24-amd64', 'pc-20-amd64', 'pc-24-arm64'])('has no problem when it is %s', (name) => expect(problemsOf(text(name), { grade: 'secured' })).toEqual([]));

  it.each([
    ['no seed', PC.replace('role: system-seed', 'role: system-boot-image'), 'error gadget-role-invalid volumes'],
    ['no data', PC.replace('role: system-data', 'role: system-boot-image'), 'error gadget-role-invalid volumes'],
    ['no boot', PC.replace('role: system-boot', 'role: system-boot-image'), 'error gadget-role-invalid volumes'],
    ['two structures of one role', PC.replace('role: system-save', 'role: system-data'), 'error gadget-role-invalid volumes.pc.structure[5]'],
    ['a classic seed', PC.replace('role: system-seed', 'role: system-seed-null'), 'error gadget-not-supported volumes.pc.structure[2]'],
    ['a seed that is no FAT32', PC.replace('filesystem: vfat', 'filesystem: vfat-16'), 'error gadget-filesystem-invalid volumes.pc.structure[2]'],
    ['another label than its role', PC.replace('role: system-save', 'role: system-save\n        filesystem-label: safe'), 'error gadget-label-invalid volumes.pc.structure[4].filesystem-label'],
    ['a label kept for a role', PC.replace('name: BIOS Boot', 'name: BIOS Boot\n        filesystem-label: UBUNTU-save'), 'error gadget-label-invalid volumes.pc.structure[1].filesystem-label'],
    ['a structure in the partition table', PC.replace('offset: 1M', 'offset: 4096'), 'error gadget-offset-invalid volumes.pc.structure[1].offset'],
  ])('has a problem with %s', (_, yaml, problem) => expect(problemsOf(yaml)).toContain(problem));

  it('has a problem with roles spread over volumes', () => {
    const spread = `${PC.slice(0, PC.indexOf('      - name: ubuntu-data'))}  other:\n    structure:\n${PC.slice(PC.indexOf('      - name: ubuntu-data'))}`;
    expect(problemsOf(spread)).toEqual(['error gadget-role-invalid volumes.other.structure[0]']);
  });

  it('has a problem with labels that FAT or ext4 cannot hold, or tell apart', () => {
    const more = (a: string, b: string) => `${PC}      - {name: a, filesystem: ${a}, type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M}\n      - {name: b, filesystem: ${b}, type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M}\n`;
    const at = (i: number) => `error gadget-label-invalid volumes.pc.structure[${i}].filesystem-label`;
    expect(problemsOf(more('vfat, filesystem-label: twelve-chars', 'ext4, filesystem-label: seventeen-letters'))).toEqual([at(6), at(7)]);
    expect(problemsOf(more('vfat, filesystem-label: EXTRA', 'ext4, filesystem-label: extra'))).toEqual([at(7)]);
    expect(problemsOf(more('ext4, filesystem-label: EXTRA', 'ext4, filesystem-label: extra'))).toEqual([]);
  });

  it('warns when devices are to be encrypted and there is no save', () => {
    const none = PC.replace('role: system-save', 'role: system-boot-image');
    expect(problemsOf(none, { grade: 'secured' })).toEqual(['warning gadget-role-invalid volumes']);
    expect(problemsOf(none, { grade: 'signed', storageSafety: 'encrypted' })).toEqual(['warning gadget-role-invalid volumes']);
    expect(problemsOf(none)).toEqual([]);
  });

  it('has a problem with a fifth MBR partition', () => {
    const five = text('pi-24-arm64') + '      - {name: five, type: 83, size: 1M}\n';
    expect(problemsOf(five)).toEqual(['error gadget-schema-invalid volumes.pi']);
  });
});

describe('a boot loader', () => {
  it('is GRUB on a GPT, marked by grub.conf', () => expect(codeOf(() => assertSupported(parseGadget(PC), ['grub.conf', 'grubx64.efi', 'meta']))).toBeUndefined());

  it.each<[string, string, string[]]>([
    ['gadget-not-supported', text('pi-24-arm64'), ['piboot.conf']],
    ['gadget-not-supported', PC.replace('bootloader: grub', 'bootloader: u-boot'), ['uboot.conf']],
    ['gadget-bootloader-invalid', PC, []],
    ['gadget-bootloader-invalid', PC, ['grub.conf', 'uboot.conf']],
    ['gadget-bootloader-invalid', PC, ['uboot.conf']],
    ['gadget-not-supported', PC.replace('schema: gpt', 'schema: mbr').replaceAll(/type: [0-9A-F]{8}-\S*/g, 'type: 83'), ['grub.conf']],
    ['gadget-id-invalid', PC.replace('schema: gpt', 'id: 0xdeadbeef'), ['grub.conf']],
  ])('is refused as %s otherwise', (code, yaml, files) => expect(codeOf(() => assertSupported(parseGadget(yaml), files))).toBe(code));
});
