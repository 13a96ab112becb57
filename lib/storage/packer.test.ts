import { spawnSync } from 'node:child_process';
import zlib from 'node:zlib';
import { afterAll, expect, it, vi } from 'vitest';
import { encodeImage } from '../image/forms';
import { FRAMING, PACKED_FORMS, type PackedForm, type Segment } from '../image/plan';
import { noise } from '../image/testing';
import { findTool, type ToolName } from '../tools/find-tool';
import { Packer, PIECE_BYTES } from './packer';
import { readSegments, type BlobReader } from './read-segments';

vi.setConfig({ testTimeout: 60_000 });

const TOOLS = { zst: 'zstd', xz: 'xz', gz: 'gzip' } as const satisfies Record<PackedForm, ToolName | 'gzip'>;

/** Shrinks to a quarter. */
const repeated = (seed: number, length: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 4096) }, (_, i) => Buffer.alloc(4096, noise(seed + i, 1024))),
  ).subarray(0, length);
/** Two pieces, and one. */
const [LONG, SHORT] = [repeated(1, PIECE_BYTES + 1_012_345), repeated(90_000, 70_001)];

const packer = new Packer();
afterAll(() => packer.close());

const pack = async (form: PackedForm, bytes: Buffer): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  async function* source() {
    for (let at = 0; at < bytes.length; at += 1_000_000) yield bytes.subarray(at, at + 1_000_000);
  }
  for await (const part of packer.pack(form, source(), bytes.length)) parts.push(part);
  return Buffer.concat(parts);
};

type Part = { bytes: Buffer; /** What stands for them, in their place. */ packed?: Buffer };

/** The file of a form in which these parts follow one another, as the form's own tool reads it. */
async function unpack(form: PackedForm, parts: Part[]): Promise<Buffer> {
  const blobs = new Map<string, Buffer>();
  const segments = parts.map(({ bytes, packed }, i): Segment => {
    const segment = {
      kind: 'blob' as const,
      sha3_384: `${i}`,
      offset: 0,
      length: bytes.length,
      crc32: zlib.crc32(bytes),
    };
    blobs.set(`${i}`, bytes);
    if (!packed) return segment;
    blobs.set(`packed ${i}`, packed);
    return { ...segment, packed: { [form]: { sha3_384: `packed ${i}`, offset: 0, length: packed.length } } };
  });
  const sizeBytes = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const encoded = encodeImage(form, { sizeBytes, segments, framing: FRAMING });
  const chunks: Uint8Array[] = [];
  for await (const chunk of readSegments(encoded.segments, async (name) => readerOf(blobs.get(name)!)))
    chunks.push(chunk);
  const tool = TOOLS[form] === 'gzip' ? '/usr/bin/gzip' : await findTool(TOOLS[form]);
  const { status, stdout, stderr } = spawnSync(tool, ['-dc'], {
    input: Buffer.concat(chunks),
    maxBuffer: 2 ** 30,
  });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout;
}

const readerOf = (bytes: Buffer): BlobReader => ({
  readv: async (buffers, position) => ({
    bytesRead: buffers.reduce((done, buffer) => done + bytes.copy(buffer as Buffer, 0, position + done), 0),
  }),
  close: async () => undefined,
});

it.each(PACKED_FORMS)(
  '%s: its tool reads what several pieces, and what one has become, wherever they stand',
  async (form) => {
    const [long, short] = [await pack(form, LONG), await pack(form, SHORT)];
    expect([long.length < LONG.length / 3, short.length < SHORT.length / 3]).toEqual([true, true]);
    const parts = [
      { bytes: SHORT, packed: short },
      { bytes: LONG, packed: long },
      { bytes: SHORT },
      { bytes: SHORT, packed: short },
    ];
    expect((await unpack(form, parts)).equals(Buffer.concat(parts.map(({ bytes }) => bytes)))).toBe(true);
  },
);

it.each(PACKED_FORMS)('%s: of many at once each becomes what it does alone', async (form) => {
  const alone = [await pack(form, LONG), await pack(form, SHORT)];
  const together = await Promise.all([pack(form, LONG), pack(form, SHORT), pack(form, LONG)]);
  expect(together.map((packed, i) => packed.equals(alone[i % 2]!))).toEqual([true, true, true]);
});

it('lets the next one in when somebody stops half-way, or fails', async () => {
  async function* failing() {
    yield LONG.subarray(0, 100);
    throw new Error('no more to read');
  }
  await expect(packer.pack('xz', failing(), 1000).next()).rejects.toThrow('no more to read');
  async function* source() {
    yield LONG;
  }
  for await (const part of packer.pack('xz', source(), LONG.length)) if (part.length > 0) break;
  expect((await pack('xz', SHORT)).length).toBeLessThan(SHORT.length / 3);
});

it('tells whoever still works that it was closed', async () => {
  const other = new Packer();
  async function* source() {
    yield LONG;
  }
  const working = other.pack('gz', source(), LONG.length).next();
  await other.close();
  await expect(working).rejects.toThrow('ended');
  await expect(other.pack('gz', source(), LONG.length).next()).rejects.toThrow('ended');
});
