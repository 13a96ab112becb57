import { describe, expect, it } from 'vitest';
import { afterSections, withoutStamp } from './kernel-image';

const PE = 0x80;

/** A PE header with an image base, an alignment and sections of [address, size]. */
function pe(base: bigint, alignment: number, sections: [number, number][]): Uint8Array {
  const bytes = new Uint8Array(0x400).fill(0xaa);
  const view = new DataView(bytes.buffer);
  view.setUint32(60, PE, true);
  view.setUint32(PE, 0x50450000);
  view.setUint16(PE + 6, sections.length, true);
  view.setUint16(PE + 20, 240, true);
  view.setBigUint64(PE + 24 + 24, base, true);
  view.setUint32(PE + 24 + 32, alignment, true);
  for (const [i, [address, size]] of sections.entries()) {
    view.setUint32(PE + 24 + 240 + i * 40 + 8, size, true);
    view.setUint32(PE + 24 + 240 + i * 40 + 12, address, true);
  }
  return bytes;
}

describe('the place of a new section', () => {
  it('is the first page after the last section, wherever that stands in the table', () => {
    expect(afterSections(pe(0n, 4096, [[0x5000, 0x1801], [0x1000, 0x10]]))).toEqual({ start: 0x7000n, alignment: 4096n });
  });

  it('counts from the image base, as objcopy does', () => expect(afterSections(pe(0x1_4000_0000n, 4096, [[0x1000, 0x1000]])).start).toBe(0x1_4000_2000n));

  it('keeps to pages where the alignment of the file is finer, and to the file where it is coarser', () => {
    expect(afterSections(pe(0n, 512, [[0x1000, 1]]))).toEqual({ start: 0x2000n, alignment: 4096n });
    expect(afterSections(pe(0n, 0x10000, [[0x1000, 1]]))).toEqual({ start: 0x10000n, alignment: 0x10000n });
  });
});

describe('a kernel image without its stamp', () => {
  it('differs in time and checksum only, and the bytes given stay as they were', () => {
    const before = pe(0n, 4096, []);
    const after = withoutStamp(before);
    const changed = [...after.keys()].filter((i) => after[i] !== before[i]);
    expect(changed).toEqual([8, 9, 10, 11, 88, 89, 90, 91].map((i) => PE + i));
    expect(changed.every((i) => after[i] === 0)).toBe(true);
  });

  it.each([
    ['what is too short', new Uint8Array(40)],
    ['what has no PE mark', new Uint8Array(0x400)],
    ['what points beyond its end', pe(0n, 4096, []).slice(0, PE + 50)],
  ])('cannot be made of %s', (_what, bytes) => expect(() => withoutStamp(bytes)).toThrow(/no PE file/));
});
