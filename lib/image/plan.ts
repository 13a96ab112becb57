/**
 * An image is an ordered list of segments that never overlap and leave no gap.
 * `blob` names a whole stored file by its SHA3-384 (lower-case hexadecimal) and a range of it, in bytes.
 */
export type Segment =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'blob'; sha3_384: string; offset: number; length: number; /** CRC-32 of this range, for the forms that need it; of a range that is only a part of its blob it is known from the start. */ crc32?: number }
  | { kind: 'zeros'; length: number };

export type ImagePlan = { sizeBytes: number; segments: Segment[] };

export const segmentLength = (s: Segment): number => (s.kind === 'bytes' ? s.bytes.length : s.length);
