import type { FileContent } from '../seed/tree';
import { segmentLength, type Segment } from './plan';

/** Collects segments in order; zeros of a kind that meet become one, empty ones vanish. */
export class SegmentList {
  readonly segments: Segment[] = [];
  sizeBytes = 0;

  push(...segments: Segment[]): void {
    for (const segment of segments) {
      const length = segmentLength(segment);
      if (length === 0) continue;
      this.sizeBytes += length;
      const last = this.segments.at(-1);
      if (segment.kind === 'zeros' && last?.kind === 'zeros' && segment.isFree === last.isFree) {
        this.segments[this.segments.length - 1] = { ...last, length: last.length + length };
      } else {
        this.segments.push(segment);
      }
    }
  }

  bytes(bytes: Uint8Array): void {
    this.push({ kind: 'bytes', bytes });
  }

  zeros(length: number): void {
    this.push({ kind: 'zeros', length });
  }

  /** Zeros up to `position`. Throws RangeError when the list is already longer. */
  zerosTo(position: number): void {
    if (position < this.sizeBytes) throw new RangeError(`at byte ${this.sizeBytes}, beyond ${position}`);
    this.zeros(position - this.sizeBytes);
  }

  /** The same, with zeros that nobody reads. */
  freeTo(position: number): void {
    if (position < this.sizeBytes) throw new RangeError(`at byte ${this.sizeBytes}, beyond ${position}`);
    this.push({ kind: 'zeros', length: position - this.sizeBytes, isFree: true });
  }
}

/** A whole file. */
export function contentSegment(content: FileContent): Segment {
  if (content.kind === 'bytes') return { kind: 'bytes', bytes: content.bytes };
  const range = { kind: 'blob', sha3_384: content.sha3_384, offset: 0, length: content.sizeBytes } as const;
  return content.kind === 'blob' ? range : { ...range, isOwn: true, crc32: content.crc32 };
}

/** The bytes `start` to before `end`, as segments. Throws RangeError unless 0 <= start <= end <= length of all. */
export function sliceSegments(segments: readonly Segment[], start: number, end: number): Segment[] {
  const slice = new SegmentList();
  let at = 0;
  for (const segment of segments) {
    const length = segmentLength(segment);
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, length);
    if (from < to) slice.push(cut(segment, from, to));
    at += length;
    if (at >= end) break;
  }
  if (start < 0 || slice.sizeBytes !== end - start) throw new RangeError(`no bytes ${start} to ${end}`);
  return slice.segments;
}

/** The bytes `from` to before `to` of one segment. A part of a blob's range has neither its checksum nor what lies compressed. */
export function cut(segment: Segment, from: number, to: number): Segment {
  if (segment.kind === 'bytes') return { kind: 'bytes', bytes: segment.bytes.subarray(from, to) };
  if (segment.kind === 'zeros') return { ...segment, length: to - from };
  if (from === 0 && to === segment.length) return segment;
  return { kind: 'blob', sha3_384: segment.sha3_384, offset: segment.offset + from, length: to - from, ...(segment.isOwn && { isOwn: true }) };
}

/** The same segments with `bytes` written over them at `position`. */
export function overwrite(segments: readonly Segment[], position: number, bytes: Uint8Array): Segment[] {
  const total = segments.reduce((sum, s) => sum + segmentLength(s), 0);
  const list = new SegmentList();
  list.push(...sliceSegments(segments, 0, position));
  list.bytes(bytes);
  list.push(...sliceSegments(segments, position + bytes.length, total));
  return list.segments;
}

/** Bytes `start` to before `end`. */
export type ByteRange = { start: number; end: number };

/** The same bytes; zeros inside these ranges, which are in order and do not overlap, are free. */
export function markFree(segments: readonly Segment[], ranges: readonly ByteRange[]): Segment[] {
  const list = new SegmentList();
  let next = 0;
  for (const segment of segments) {
    const from = list.sizeBytes;
    const end = from + segmentLength(segment);
    while (next < ranges.length && ranges[next]!.end <= from) next += 1;
    if (segment.kind === 'zeros') {
      for (let i = next; i < ranges.length && ranges[i]!.start < end; i += 1) {
        list.push(cut(segment, list.sizeBytes - from, Math.max(ranges[i]!.start, from) - from));
        list.freeTo(Math.min(ranges[i]!.end, end));
      }
    }
    list.push(cut(segment, list.sizeBytes - from, end - from));
  }
  return list.segments;
}
