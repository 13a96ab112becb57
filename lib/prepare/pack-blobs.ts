import zlib from 'node:zlib';
import type { Packing } from '../image/packing';
import { FRAMING } from '../image/plan';
import type { BlobRange, ImagePlan, Packed, PackedForm, Segment } from '../image/plan';
import type { CheckedRange, Literal, RangeFacts } from '../image/stored-plan';
import type { Packer } from '../storage/packer';
import { readSegments, type OpenBlob } from '../storage/read-segments';
import type { BlobChecks } from './block-map';

/** A stored blob, and the ranges of it that images use. */
export type PackSource = { sha3_384: string; ranges: readonly { offset: number; length: number }[] };

/** Files shorter than that are bytes of the image's own: alone they would not compress as well as together. */
const OWN_BYTES = 64 * 1024;

/** The same plan with the bytes of its short files in it. */
export async function readShortFiles(
  plan: ImagePlan,
  openBlob: OpenBlob,
  signal: AbortSignal,
): Promise<ImagePlan> {
  const segments: Segment[] = [];
  for (const segment of plan.segments) {
    if (segment.kind !== 'blob' || segment.length >= OWN_BYTES) segments.push(segment);
    else
      for await (const bytes of readSegments([segment], openBlob, { signal, chunkBytes: segment.length }))
        segments.push({ kind: 'bytes', bytes });
  }
  return { ...plan, segments };
}

/** The blobs of a plan, each once, with the ranges that the image takes of it. */
export function usedBlobs({ segments }: ImagePlan): PackSource[] {
  const found = new Map<string, Map<string, { offset: number; length: number }>>();
  for (const segment of segments) {
    if (segment.kind !== 'blob') continue;
    const { sha3_384, offset, length } = segment;
    found.set(
      sha3_384,
      (found.get(sha3_384) ?? new Map<string, { offset: number; length: number }>()).set(
        `${offset} ${length}`,
        { offset, length },
      ),
    );
  }
  return [...found].map(([sha3_384, ranges]) => ({ sha3_384, ranges: [...ranges.values()] }));
}

export type PackMeans = {
  forms: readonly PackedForm[];
  openBlob: OpenBlob;
  packer: Packer;
  /** Keeps the bytes of a source as a blob; gives its digest. */
  keep: (bytes: AsyncIterable<Uint8Array>) => Promise<string>;
  signal: AbortSignal;
};

/** What wins less than a hundredth stays as it is. */
const WORTHWHILE = 0.99;
/** Larger ranges are tried on samples first: most are squashfs that is compressed already. */
const TRIED_BYTES = 2 ** 20;
const [SAMPLES, SAMPLE_BYTES] = [64, 16 * 1024];
const CHUNK_BYTES = 2 ** 20;

/** Compresses what shrinks of a blob, all of it into one other blob. Says of every range what came of it. */
export async function packBlob({ sha3_384, ranges }: PackSource, means: PackMeans): Promise<Packing> {
  const found: Found[] = [];
  const parts = packAll(
    ranges.map((range) => ({ sha3_384, ...range })),
    means,
    found,
  );
  const first = await parts.next();
  if (first.done) return ranges.map((range) => ({ ...range, packed: {}, framing: FRAMING }));
  const digest = await means.keep(prepend(first.value, parts));
  const packedOf = (at: number, long: number): Packed =>
    Object.fromEntries(
      found
        .filter(({ range }) => range.offset === at && range.length === long)
        .map(({ form, offset, length }) => [form, { sha3_384: digest, offset, length }]),
    );
  return ranges.map(({ offset, length }) => {
    const packed = packedOf(offset, length);
    return { offset, length, packed, framing: FRAMING };
  });
}

/** `offset` and `length` in the blob of what is compressed. */
type Found = { range: BlobRange; form: PackedForm; offset: number; length: number };

async function* packAll(
  ranges: readonly BlobRange[],
  means: PackMeans,
  found: Found[],
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const range of ranges) {
    for await (const { form, parts } of range.length > TRIED_BYTES
      ? packLarge(range, means)
      : packSmall(range, means)) {
      const offset = at;
      for await (const part of parts) {
        at += part.length;
        yield part;
      }
      found.push({ range, form, offset, length: at - offset });
    }
  }
}

type Made = { form: PackedForm; parts: AsyncIterable<Uint8Array> | Uint8Array[] };

/** Streamed, one form after the other, if samples of it shrink. */
async function* packLarge(range: BlobRange, means: PackMeans): AsyncGenerator<Made> {
  if (!(await mayShrink(samplesOf(range), means))) return;
  for (const form of means.forms)
    yield { form, parts: means.packer.pack(form, readRange(range, means), range.length) };
}

/** Looked at before it is kept, all forms side by side; what is not short is first looked at quickly. */
async function* packSmall(range: BlobRange, means: PackMeans): AsyncGenerator<Made> {
  if (range.length > OWN_BYTES && !(await mayShrink([range], means))) return;
  const all = await Promise.all(
    means.forms.map(async (form) => ({
      form,
      parts: await gather(means.packer.pack(form, readRange(range, means), range.length)),
    })),
  );
  for (const { form, parts } of all) if (isWorthwhile(lengthOf(parts), range.length)) yield { form, parts };
}

const readRange = (range: BlobRange, { openBlob, signal }: PackMeans): AsyncIterable<Uint8Array> =>
  readSegments([{ kind: 'blob', ...range }], openBlob, {
    signal,
    chunkBytes: Math.min(range.length, CHUNK_BYTES),
    reuse: true,
  });

async function gather(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

const isWorthwhile = (packedBytes: number, bytes: number): boolean => packedBytes <= bytes * WORTHWHILE;

function samplesOf({ sha3_384, offset, length }: BlobRange): BlobRange[] {
  const step = Math.floor((length - SAMPLE_BYTES) / (SAMPLES - 1));
  return Array.from({ length: SAMPLES }, (_, i) => ({
    sha3_384,
    offset: offset + i * step,
    length: SAMPLE_BYTES,
  }));
}

/** At most 1 MiB in all. */
async function mayShrink(
  ranges: readonly BlobRange[],
  { openBlob, packer, signal }: PackMeans,
): Promise<boolean> {
  const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
  let packedBytes = 0;
  for await (const chunk of readSegments(
    ranges.map((range) => ({ kind: 'blob' as const, ...range })),
    openBlob,
    { signal, chunkBytes: bytes },
  ))
    packedBytes += await packer.measure(chunk);
  return isWorthwhile(packedBytes, bytes);
}

/** What is known of each range that a plan has: of its own literals, and of whole blobs. */
export function rangeFacts(
  literals: readonly Literal[],
  digests: readonly string[],
  checks: ReadonlyMap<string, BlobChecks>,
  packings: ReadonlyMap<string, Packing>,
): (range: CheckedRange) => RangeFacts {
  const own = new Map(digests.map((digest, i) => [digest, literals[i]!.bytes]));
  return ({ sha3_384, offset, length, crc32 }) => {
    const bytes = own.get(sha3_384);
    const packed = packings
      .get(sha3_384)
      ?.find((one) => one.offset === offset && one.length === length)?.packed;
    return {
      crc32:
        crc32 ?? (bytes ? zlib.crc32(bytes.subarray(offset, offset + length)) : checks.get(sha3_384)!.crc32),
      ...(packed && { packed }),
    };
  };
}
