/** Forms that are compressed. */
export const PACKED_FORMS = ['zst', 'xz', 'gz'] as const;
export type PackedForm = (typeof PACKED_FORMS)[number];

/** A range of a stored file, in bytes. */
export type BlobRange = { sha3_384: string; offset: number; length: number };

/**
 * Where the same bytes lie compressed, for the forms in which that is shorter: for zst blocks that stand in
 * any frame with a window of `PACKED_WINDOW_BYTES`, for gz blocks of deflate that end with a whole byte, none
 * of either the last; for xz a block without its padding and check. In a plan without a `framing` it is whole
 * frames for zst, and for gz the whole data of a member.
 */
export type Packed = { [form in PackedForm]?: BlobRange | undefined };

/**
 * An image is an ordered list of segments that never overlap and leave no gap.
 * `blob` names a whole stored file by its SHA3-384 (lower-case hexadecimal) and a range of it, in bytes.
 */
export type Segment =
  | { kind: 'bytes'; bytes: Uint8Array }
  | ({ kind: 'blob'; /** Of the image's own bytes, kept while it was planned because they are many: no snap. */ isOwn?: true | undefined; /** CRC-32 of this range, for the forms that need it; of a range that is only a part of its blob it is known from the start. */ crc32?: number | undefined; packed?: Packed | undefined } & BlobRange)
  | {
      kind: 'zeros';
      length: number;
      /** Nobody reads them: no file has them, or the device fills them. All other zeros mean something. */
      isFree?: true | undefined;
    };

/** How forms are put together: zst as one frame, gz as one member. It moves with any change to that. */
export const FRAMING = 2;

export type ImagePlan = {
  sizeBytes: number;
  segments: Segment[];
  /** Absent in plans of before there was one. */
  framing?: typeof FRAMING | undefined;
};

export const segmentLength = (s: Segment): number => (s.kind === 'bytes' ? s.bytes.length : s.length);

/** What stands for a segment in a form; undefined when it is stored as it is. */
export const packedAs = (segment: Segment, form: PackedForm): Segment | undefined => {
  const range = segment.kind === 'blob' ? segment.packed?.[form] : undefined;
  return range && { kind: 'blob', ...range };
};
