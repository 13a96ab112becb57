import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAMING, type Segment } from './plan';
import { blobsOf, gatherLiterals, storedPlan, type StoredPlan } from './stored-plan';
import { anySegments, lengthOf, plain } from './testing';

const sha3 = (bytes: Uint8Array) => createHash('sha3-384').update(bytes).digest('hex');

/** As a store that has the literals would give it. */
function readBack(plan: { segments: readonly Segment[] }, literals: Uint8Array[]): Uint8Array {
  const own = new Map(literals.map((bytes) => [sha3(bytes), bytes]));
  return plain(plan.segments.map((s) => (s.kind === 'blob' && own.has(s.sha3_384) ? { kind: 'bytes', bytes: own.get(s.sha3_384)!.subarray(s.offset, s.offset + s.length) } : s)));
}

function store(segments: Segment[]): { literals: Uint8Array[]; plan: StoredPlan } {
  const { literals: gathered, place } = gatherLiterals({ sizeBytes: lengthOf(segments), segments });
  const literals = gathered.map(({ bytes }) => bytes);
  return { literals, plan: place(literals.map(sha3), (range) => ({ crc32: zlib.crc32(readBack({ segments: [{ kind: 'blob', ...range }] }, literals)) })) };
}

describe('a plan that is written down', () => {
  const large = fc.nat(255).map((byte): Segment => ({ kind: 'bytes', bytes: new Uint8Array(70_000).fill(byte) }));
  const segments = fc.array(fc.oneof(anySegments, large.map((one) => [one, one])), { maxLength: 6 }).map((lists) => lists.flat());

  it('reads as the image does, and survives JSON', () =>
    fc.assert(
      fc.property(segments, (image) => {
        const { literals, plan } = store(image);
        const read = storedPlan.parse(JSON.parse(JSON.stringify(plan)));
        expect(read).toEqual(plan);
        expect(Buffer.compare(readBack(plan, literals), plain(image))).toBe(0);
        for (const segment of plan.segments) if (segment.kind === 'blob') expect(segment.crc32).toBe(zlib.crc32(readBack({ segments: [segment] }, literals)));
      }),
      { numRuns: 60 },
    ));

  it('keeps large literals by themselves, once, and the small ones together', () => {
    const table = new Uint8Array(100_000).fill(1);
    const { literals, plan } = store([
      { kind: 'bytes', bytes: Uint8Array.of(1, 2) },
      { kind: 'bytes', bytes: table },
      { kind: 'zeros', length: 10 },
      { kind: 'bytes', bytes: table },
      { kind: 'bytes', bytes: Uint8Array.of(3) },
      { kind: 'blob', sha3_384: 'a'.repeat(96), offset: 5, length: 7 },
    ]);
    expect(literals).toEqual([table, Uint8Array.of(1, 2, 3)]);
    expect(blobsOf(plan)).toEqual([sha3(Uint8Array.of(1, 2, 3)), sha3(table), 'a'.repeat(96)]);
  });

  it('may have no literals at all', () => {
    const { literals, plan } = store([{ kind: 'zeros', length: 5 }]);
    expect(literals).toEqual([]);
    expect(plan).toEqual({ sizeBytes: 5, segments: [{ kind: 'zeros', length: 5 }], framing: FRAMING });
  });

  it('is read with and without a framing, and tells free zeros from no others', () => {
    const free: Segment = { kind: 'zeros', length: 7, isFree: true };
    const { plan } = store([{ kind: 'zeros', length: 5 }, free]);
    expect(plan.segments).toEqual([{ kind: 'zeros', length: 12 }]);
    const { framing: _, ...earlier } = plan;
    expect(storedPlan.parse(earlier)).toEqual(earlier);
    expect(() => storedPlan.parse({ ...plan, framing: 1 })).toThrow();
  });
});
