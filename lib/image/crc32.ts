import { crc32, crc32Zeros } from '../crc32';
import type { Segment } from './plan';

/** CRC-32 of a segment's bytes. Throws TypeError for a blob that comes without it. */
export function crc32Of(segment: Segment): number {
  if (segment.kind === 'zeros') return crc32Zeros(segment.length);
  if (segment.kind === 'bytes') return crc32(segment.bytes);
  if (segment.crc32 === undefined) throw new TypeError(`no CRC-32 of the bytes of ${segment.sha3_384}`);
  return segment.crc32;
}
