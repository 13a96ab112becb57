import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertDisk, layOut } from './layout';
import { parseGadget } from './parse';
import { GIB, MIB } from './quantity';

const fixture = (name: string) => parseGadget(readFileSync(new URL(`./fixtures/${name}.yaml`, import.meta.url), 'utf8'));
const layoutOf = (name: string) => layOut(fixture(name).volumes[0]!);
const gadgetWith = (...structures: string[]) =>
  parseGadget(`volumes:\n  pc:\n    bootloader: grub\n    structure:\n${structures.map((s) => `      - {${s}}\n`).join('')}`).volumes[0]!;
const FS = 'type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('the layout of a volume', () => {
  it('gives the reference PC gadget its known offsets', () => {
    const layout = layoutOf('pc-24-amd64');
    expect(layout.structures.map((s) => [s.name, s.offsetBytes])).toEqual([
      ['mbr', 0],
      ['BIOS Boot', MIB],
      ['ubuntu-seed', 2 * MIB],
      ['ubuntu-boot', 1202 * MIB],
      ['ubuntu-save', 1952 * MIB],
      ['ubuntu-data', 1984 * MIB],
    ]);
    expect(layout.sizeBytes).toBe(3008 * MIB);
    expect(layout.minSizeBytes).toBe(2992 * MIB);
  });

  it('gives the UC20 PC gadget 2992 MiB', () => expect(layoutOf('pc-20-amd64').sizeBytes).toBe(2992 * MIB));

  it('starts a gadget without boot code at 1 MiB', () => {
    const layout = layoutOf('pc-24-arm64');
    expect(layout.structures.map((s) => s.offsetBytes / MIB)).toEqual([1, 1201, 1951, 1983]);
    expect(layout.sizeBytes).toBe(3007 * MIB);
  });

  it('lays out the Raspberry Pi gadget although no image is made of it', () => expect(layoutOf('pi-24-arm64').sizeBytes).toBe(3483 * MIB));

  it('puts structures into disk order and keeps those without an offset behind the one they follow', () => {
    const volume = gadgetWith(`name: late, ${FS}, size: 2M, min-size: 1M, offset: 10M`, `name: follower, ${FS}, size: 1M`, `name: early, ${FS}, size: 1M, offset: 1M`);
    const layout = layOut(volume);
    expect(layout.structures.map((s) => [s.name, s.offsetBytes / MIB])).toEqual([['early', 1], ['late', 10], ['follower', 12]]);
    expect(layout.minSizeBytes).toBe(12 * MIB);
  });

  it('refuses structures that overlap', () =>
    expect(code(() => layOut(gadgetWith(`name: a, ${FS}, size: 2M, offset: 1M`, `name: b, ${FS}, size: 1M, offset: 2M`)))).toBe('gadget-overlap-invalid'));

  it('refuses an offset or size between sectors', () => {
    expect(code(() => assertDisk(layOut(gadgetWith(`name: a, ${FS}, size: 1M, offset: 1048577`)), 512))).toBe('gadget-offset-invalid');
    expect(code(() => assertDisk(layOut(gadgetWith(`name: a, ${FS}, size: 1000, offset: 1M`)), 512))).toBe('gadget-size-invalid');
    expect(code(() => assertDisk(layOut(gadgetWith(`name: a, ${FS}, size: 512, offset: 1M`)), 4096))).toBe('gadget-size-invalid');
  });

  it('takes raw bytes of any size at any place, when they have no entry in the table', () => {
    const board = layOut(gadgetWith('name: sum, type: bare, size: 9, offset: 33792', 'name: spl, type: bare, size: 167932, offset: 34001', `name: a, ${FS}, size: 1M, offset: 1M`));
    expect(board.structures.map((s) => [s.offsetBytes, s.sizeBytes])).toEqual([[33_792, 9], [34_001, 167_932], [MIB, MIB]]);
    expect(code(() => assertDisk(board, 512))).toBeUndefined();
    expect(code(() => assertDisk(board, 4096))).toBeUndefined();
    expect(code(() => assertDisk(layOut(gadgetWith('name: sum, type: bare, size: 9, offset: 1M', `name: a, ${FS}, size: 1M`)), 512))).toBe('gadget-offset-invalid');
  });

  it.each([
    ['gpt', 512, 17_408],
    ['gpt', 4096, 24_576],
    ['mbr', 512, 512],
    ['mbr', 4096, 512],
  ])('keeps the table of a disk with %s and sectors of %i bytes, up to byte %i', (schema, sectorBytes, end) => {
    const raw = (offset: number, size: number) => () => {
      const yaml = `volumes: {pc: {bootloader: grub, schema: ${schema}, structure: [{name: a, type: bare, offset: ${offset}, size: ${size}}]}}`;
      assertDisk(layOut(parseGadget(yaml).volumes[0]!), sectorBytes);
    };
    expect([code(raw(0, 446)), code(raw(400, 46)), code(raw(end, 9))]).toEqual([undefined, undefined, undefined]);
    for (const [offset, size] of [[0, 447], [446, 1], [end - 1, 1]] as const) expect(code(raw(offset, size))).toBe('gadget-offset-invalid');
  });

  it('refuses a volume of more than 64 GiB', () => {
    expect(layOut(gadgetWith(`name: a, ${FS}, size: 62G, offset: 2G`)).sizeBytes).toBe(64 * GIB);
    expect(code(() => assertDisk(layOut(gadgetWith(`name: a, ${FS}, size: 63G, offset: 2G`)), 512))).toBe('gadget-size-invalid');
  });

  it('takes an offset-write into the boot code or into a structure only', () => {
    const mbr = 'name: mbr, type: mbr, size: 440';
    const grub = (write: string) => gadgetWith(mbr, `name: core, type: bare, size: 1M, offset: 1M, offset-write: ${write}`);
    expect(layOut(grub('mbr+92')).structures[1]!.offsetWrite).toEqual({ relativeTo: 'mbr', offsetBytes: 92 });
    expect(code(() => layOut(grub('mbr+440')))).toBe('gadget-offset-write-invalid');
    expect(code(() => layOut(grub('core+1')))).toBe('gadget-offset-write-invalid');
    expect(code(() => layOut(grub('9M')))).toBe('gadget-offset-write-invalid');
    expect(code(() => assertDisk(layOut(grub('512')), 512))).toBe('gadget-offset-write-invalid');
    expect(code(() => assertDisk(layOut(grub('17408')), 512))).toBeUndefined();
    expect(layOut(grub('1M')).structures[1]!.offsetWrite?.offsetBytes).toBe(MIB);
  });

  it('refuses a volume without structures', () =>
    expect(code(() => layOut(parseGadget('volumes: {pc: {bootloader: grub}}').volumes[0]!))).toBe('gadget-volume-invalid'));
});
