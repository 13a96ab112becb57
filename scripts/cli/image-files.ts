import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { encodeImage, type ImageForm } from '../../lib/image/forms';
import { PACKED_FORMS, segmentLength, type ImagePlan, type PackedForm } from '../../lib/image/plan';
import type { Packing } from '../../lib/image/packing';
import { gatherLiterals } from '../../lib/image/stored-plan';
import { checkBlob, mapBlocks, wholeBlobs, type BlobChecks } from '../../lib/prepare/block-map';
import { openerOf } from '../../lib/prepare/content-store';
import type { FilePaths } from '../../lib/prepare/fetch-snaps';
import { packBlob, rangeFacts, readShortFiles, usedBlobs, type PackSource } from '../../lib/prepare/pack-blobs';
import { together } from '../../lib/prepare/together';
import { digestOf } from '../../lib/storage/keep-bytes';
import { LocalStore } from '../../lib/storage/local-store';
import { Packer } from '../../lib/storage/packer';
import type { BlobReader, OpenBlob } from '../../lib/storage/read-segments';
import type { Hasher } from '../../lib/snapstore/hasher';
import { HOLE_BYTES, writeSegments } from './write-segments';

/** What `--format` takes, the ending of the file's name, and the form of it. */
export const FORMATS = { img: 'raw', 'img.zst': 'zst', 'img.xz': 'xz', 'img.gz': 'gz', qcow2: 'qcow2', bmap: undefined } as const satisfies Record<string, ImageForm | undefined>;
export type Format = keyof typeof FORMATS;

/** An image whose parts can be read: snaps where they lie, its own small bytes in memory, large files of its own and what was compressed in the scratch folder. */
export type ReadableImage = { plan: ImagePlan; raw: ImagePlan; checks: ReadonlyMap<string, BlobChecks>; openBlob: OpenBlob };

/** What shrinks is compressed for those of `formats` that need it, into the store in the folder `scratch`, where the plan's own large files are too; it stays the caller's. */
export async function openImage(plan: ImagePlan, paths: FilePaths, { formats, scratch, signal }: { formats: readonly Format[]; scratch: string; signal: AbortSignal }): Promise<ReadableImage> {
  const store = new LocalStore(scratch);
  const openFile = openerOf(paths, store);
  // Only the raw image needs to know nothing of its parts, for which each of them is read.
  const isRawAlone = formats.every((format) => format === 'img');
  if (isRawAlone) return { plan, raw: plan, checks: new Map(), openBlob: openFile };
  const raw = await readShortFiles(plan, openFile, signal);
  const { literals, place } = gatherLiterals(raw);
  const digests = literals.map(({ bytes }) => digestOf(bytes));
  const memory = new Map(digests.map((digest, i) => [digest, literals[i]!.bytes]));
  const openBlob: OpenBlob = async (digest) => {
    const bytes = memory.get(digest);
    return bytes ? memoryReader(bytes) : openFile(digest);
  };
  const checks = new Map<string, BlobChecks>();
  for (const blob of wholeBlobs(raw)) checks.set(blob.sha3_384, await checkBlob(blob, openBlob, signal));
  const packings = await packAll([...literals.map(({ ranges }, i) => ({ sha3_384: digests[i]!, ranges })), ...usedBlobs(raw)], formsOf(formats), openBlob, store, signal);
  return { plan: place(digests, rangeFacts(literals, digests, checks, packings)), raw, checks, openBlob };
}

const formsOf = (formats: readonly Format[]): PackedForm[] => PACKED_FORMS.filter((form) => formats.some((format) => FORMATS[format] === form));

async function packAll(sources: readonly PackSource[], forms: readonly PackedForm[], openBlob: OpenBlob, store: LocalStore, signal: AbortSignal): Promise<Map<string, Packing>> {
  if (forms.length === 0) return new Map();
  const packer = new Packer();
  try {
    return new Map(
      await together(sources, signal, async (source, stop) => {
        const keep = async (bytes: AsyncIterable<Uint8Array>) => (await store.put(bytes, { signal: stop })).sha3_384;
        return [source.sha3_384, await packBlob(source, { forms, openBlob, packer, keep, signal: stop })] as const;
      }),
    );
  } finally {
    await packer.close();
  }
}

const memoryReader = (bytes: Uint8Array): BlobReader => ({
  async readv(buffers, position) {
    let bytesRead = 0;
    for (const buffer of buffers) {
      const part = bytes.subarray(position + bytesRead, position + bytesRead + buffer.byteLength);
      new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).set(part);
      bytesRead += part.length;
    }
    return { bytesRead };
  },
  close: async () => undefined,
});

/** What a form takes on the disk, holes left out. */
export function writtenBytes(image: ReadableImage, format: Format): number {
  const form = FORMATS[format];
  if (form === undefined) return 0;
  return encodeImage(form, image.plan).segments.reduce((sum, segment) => sum + (segment.kind === 'zeros' && segment.length >= HOLE_BYTES ? 0 : segmentLength(segment)), 0);
}

/** Writes one form of the image to a new file. Gives its size and SHA-256, which `hasher` makes. */
export async function writeForm(
  image: ReadableImage,
  format: Format,
  { file, hasher, signal }: { file: string; hasher: Hasher; signal: AbortSignal },
): Promise<{ sizeBytes: number; sha256: string }> {
  const form = FORMATS[format];
  if (form === undefined) return writeText(file, await mapBlocks(image.raw, image.checks, image.openBlob, signal));
  const { segments, sizeBytes } = encodeImage(form, image.plan);
  const means = { file, openBlob: image.openBlob, hasher, signal };
  return { sizeBytes, sha256: await writeSegments(segments, sizeBytes, means) };
}

export async function writeText(file: string, text: string | Uint8Array): Promise<{ sizeBytes: number; sha256: string }> {
  const bytes = Buffer.from(text);
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
