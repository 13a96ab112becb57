import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { checkPlan } from './check-plan';
import { segmentLength, type Segment } from './plan';
import { markFree, overwrite, SegmentList, sliceSegments } from './segments';
import { anySegments, lengthOf, plain } from './testing';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe('segments', () => {
  it('are sliced as their bytes would be', () =>
    fc.assert(
      fc.property(anySegments, fc.nat(5000), fc.nat(5000), (segments, a, b) => {
        const total = lengthOf(segments);
        const [start, end] = [Math.min(a, b, total), Math.min(Math.max(a, b), total)];
        const slice = sliceSegments(segments, start, end);
        expect(plain(slice)).toEqual(plain(segments).slice(start, end));
        expect(slice.every((s) => segmentLength(s) > 0)).toBe(true);
      }),
    ));

  it.each([[-1, 2], [3, 2], [0, 11]])('have no slice from %i to %i when they are 10 bytes', (start, end) =>
    expect(() => sliceSegments([{ kind: 'zeros', length: 10 }], start, end)).toThrow(RangeError));

  it('are written over without a change beside', () =>
    fc.assert(
      fc.property(anySegments, fc.uint8Array({ maxLength: 40 }), fc.nat(5000), (segments, bytes, at) => {
        const position = Math.min(at, Math.max(0, lengthOf(segments) - bytes.length));
        fc.pre(position + bytes.length <= lengthOf(segments));
        const wanted = plain(segments);
        wanted.set(bytes, position);
        expect(plain(overwrite(segments, position, bytes))).toEqual(wanted);
      }),
    ));

  it('are free where they are zeros and inside a range, and the same bytes', () =>
    fc.assert(
      fc.property(anySegments, fc.uniqueArray(fc.nat(6000), { maxLength: 12 }), (segments, places) => {
        const sorted = places.sort((a, b) => a - b);
        const pairs = Array.from({ length: Math.floor(sorted.length / 2) }, (_, i) => sorted.slice(2 * i));
        const ranges = pairs.map(([start, end]) => ({ start: start!, end: end! }));
        const marked = markFree(segments, ranges);
        expect(plain(marked)).toEqual(plain(segments));
        const isIn = (at: number): boolean => ranges.some(({ start, end }) => start <= at && at < end);
        let at = 0;
        for (const segment of marked) {
          for (const end = at + segmentLength(segment); at < end; at += 1) {
            const [before] = sliceSegments(segments, at, at + 1);
            const wasFree = before!.kind === 'zeros' && before!.isFree === true;
            const isFree = segment.kind === 'zeros' && segment.isFree === true;
            expect(isFree).toBe(wasFree || (before!.kind === 'zeros' && isIn(at)));
          }
        }
      }),
      { numRuns: 30 },
    ));

  it('join zeros that meet, and drop what is empty', () => {
    const list = new SegmentList();
    list.zeros(3);
    list.bytes(new Uint8Array(0));
    list.zerosTo(10);
    list.freeTo(15);
    list.freeTo(20);
    const zeros = { kind: 'zeros', length: 10 };
    expect(list.segments).toEqual([zeros, { ...zeros, isFree: true }]);
    expect(() => list.zerosTo(9)).toThrow(RangeError);
    expect(() => list.freeTo(19)).toThrow(RangeError);
  });
});

describe('a plan', () => {
  const digest = 'ab'.repeat(48);
  const codes = (segments: Segment[], sizeBytes = lengthOf(segments)) => checkPlan({ sizeBytes, segments }, new Map([[digest, 100]])).map((p) => p.code);

  it('holds when its lengths add up and its blobs are stored', () => expect(codes([{ kind: 'blob', sha3_384: digest, offset: 10, length: 90 }, { kind: 'zeros', length: 5 }])).toEqual([]));

  it.each<[string, Segment]>([
    ['plan-blob', { kind: 'blob', sha3_384: digest, offset: 11, length: 90 }],
    ['plan-blob', { kind: 'blob', sha3_384: digest, offset: -1, length: 9 }],
    ['plan-blob', { kind: 'blob', sha3_384: 'cd'.repeat(48), offset: 0, length: 9 }],
    ['plan-blob', { kind: 'blob', sha3_384: '../../etc/passwd', offset: 0, length: 9 }],
    ['plan-length', { kind: 'zeros', length: 0 }],
    ['plan-length', { kind: 'zeros', length: 1.5 }],
  ])('shows %s for %j', (code, segment) => expect(codes([segment])).toEqual([code]));

  it('shows when it is not as long as it says', () => expect(codes([{ kind: 'zeros', length: 5 }], 6)).toEqual(['plan-size']));
});
