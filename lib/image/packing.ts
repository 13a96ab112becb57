import { z } from 'zod';
import { FRAMING, PACKED_FORMS, type Packed } from './plan';

const natural = z.number().int().nonnegative();
export const storedDigest = z.string().regex(/^[0-9a-f]{96}$/);
const blobRange = z.object({ sha3_384: storedDigest, offset: natural, length: natural });
export const packedRanges = z.object({ zst: blobRange.optional(), xz: blobRange.optional(), gz: blobRange.optional() }) satisfies z.ZodType<Packed>;

/** Where ranges of a blob lie compressed, in the forms in which they shrink: computed once in their life, and the same wherever that happens. */
const packedRange = z.object({
  offset: natural,
  length: natural,
  packed: packedRanges,
  framing: z.literal(FRAMING),
});
export const packing = z.array(packedRange);
export type Packing = z.infer<typeof packing>;

export const packedBlobs = (packed: Packed | undefined): string[] => PACKED_FORMS.flatMap((form) => packed?.[form]?.sha3_384 ?? []);

/** Every blob that compressed bytes lie in, each once. */
export const blobsOfPacking = (ranges: Packing): string[] => [...new Set(ranges.flatMap(({ packed }) => packedBlobs(packed)))];

/** Those ranges of which it does not say what came of them. */
export const notIn = <R extends { offset: number; length: number }>(known: Packing, ranges: readonly R[]): R[] => ranges.filter((range) => !known.some(({ offset, length }) => offset === range.offset && length === range.length));
