import { describe, expect, it } from 'vitest';
import { layOut, type Layout } from '../gadget/layout';
import { parseGadget } from '../gadget/parse';
import type { TreeEntry } from '../seed/tree';
import { planImage } from './plan-image';
import { fitSystemData, leastSystemData, usedBytes } from './system-data';

const MIB = 2 ** 20;
const PC_18 = `volumes:
  pc:
    bootloader: grub
    structure:
      - {name: mbr, type: mbr, size: 440}
      - {name: BIOS Boot, type: "DA,21686148-6449-6E6F-744E-656564454649", size: 1M, offset: 1M}
      - {name: EFI System, type: "EF,C12A7328-F81F-11D2-BA4B-00A0C93EC93B", filesystem: vfat, filesystem-label: system-boot, size: 50M}
`;
const DATA = `      - {name: data, role: system-data, filesystem: ext4, type: "83,0FC63DAF-8483-4772-8E79-3D69D8477DE4", size: 100M}\n`;
const layoutOf = (yaml: string): Layout => layOut(parseGadget(yaml, 'legacy').volumes[0]!);
const fit = (yaml: string, leastBytes: number, imageBytes?: number, mayAdd = true) => fitSystemData(layoutOf(yaml), { leastBytes, sectorBytes: 512, imageBytes, mayAdd });

describe('the writable system of UC16 and UC18', () => {
  it('is added behind the gadget of the PC, and the disk ends as ubuntu-image ends it', () => {
    const layout = fit(PC_18, leastSystemData(300 * MIB, 512));
    expect(layout.structures.at(-1)).toMatchObject({ name: 'writable', label: 'writable', role: 'system-data', filesystem: 'ext4', offsetBytes: 52 * MIB, sizeBytes: 458 * MIB });
    const zeros = [{ kind: 'zeros' as const, length: 458 * MIB }];
    const identifiers = { root: new Uint8Array(32), sha256: () => new Uint8Array(32).fill(1) };
    const plan = planImage({ layout, rules: 'legacy', trees: new Map(), images: new Map(), fileSystems: new Map([[3, zeros]]), identifiers, epoch: 0 });
    expect(plan.sizeBytes).toBe(510 * MIB + 34_304);
    expect(plan.partitions.map(({ name, startBytes }) => [name, startBytes / 512])).toEqual([['BIOS Boot', 2048], ['EFI System', 4096], ['writable', 106_496]]);
  });

  it('is added at a sector, whatever the gadget ends with', () => {
    const layout = fit(`${PC_18}      - {name: sum, type: bare, size: 9}\n`, 100 * MIB);
    expect(layout.structures.at(-1)).toMatchObject({ role: 'system-data', offsetBytes: 52 * MIB + 512 });
  });

  it('takes what is left of the image that is asked for, and no less than it needs', () => {
    expect(fit(PC_18, 100 * MIB, 8192 * MIB).structures.at(-1)).toMatchObject({ sizeBytes: 8192 * MIB - 52 * MIB - 67 * 512 });
    expect(fit(PC_18, 100 * MIB, 60 * MIB).structures.at(-1)).toMatchObject({ sizeBytes: 100 * MIB });
  });

  it('is that of the gadget where it has one, raised if need be, and labelled', () => {
    expect(fit(PC_18 + DATA, 40 * MIB).structures.at(-1)).toMatchObject({ name: 'data', label: 'writable', sizeBytes: 100 * MIB });
    expect(fit(PC_18 + DATA, 140 * MIB)).toMatchObject({ sizeBytes: 192 * MIB });
  });

  it('is not added where another volume may have it', () => expect(fit(PC_18, 40 * MIB, undefined, false)).toEqual(layoutOf(PC_18)));
});

describe('what a tree takes', () => {
  const bytes = (length: number) => ({ kind: 'bytes' as const, bytes: new Uint8Array(length) });
  it.each<[number, string, TreeEntry[]]>([
    [1, 'nothing but its root', []],
    [3, 'a file and its folder', [{ path: 'a/b', content: bytes(1) }]],
    [5, 'a file of two blocks and a byte', [{ path: 'a/b', content: bytes(8193) }]],
    [2, 'an empty file', [{ path: 'a/b', content: bytes(0) }]],
    [3, 'an empty folder in another, once', [{ path: 'a/b', content: { kind: 'directory' } }, { path: 'a', content: { kind: 'directory' } }]],
    [1, 'a short link', [{ path: 'l', content: { kind: 'symlink', target: 'x' } }]],
    [2, 'a long link', [{ path: 'l', content: { kind: 'symlink', target: 'x'.repeat(60) } }]],
    [257, 'a snap', [{ path: 's', content: { kind: 'blob', sha3_384: 'a'.repeat(96), sizeBytes: MIB } }]],
  ])('%i blocks: %s', (blocks, _, tree) => expect(usedBytes(tree)).toBe(blocks * 4096));

  it('is half as much again and 8 MiB, in whole sectors', () => {
    expect(leastSystemData(300 * MIB, 512)).toBe(458 * MIB);
    expect(leastSystemData(4096, 4096)).toBe(8 * MIB + 8192);
  });
});
