import { spawnSync } from 'node:child_process';
import zlib from 'node:zlib';
import { afterAll, expect, it, vi } from 'vitest';
import { encodeGzip } from '../image/gzip';
import { PACKED_FORMS, type ImagePlan, type PackedForm } from '../image/plan';
import { noise } from '../image/testing';
import { encodeXz } from '../image/xz';
import { encodeZst } from '../image/zst';
import { findTool, type ToolName } from '../tools/find-tool';
import { Packer, PIECE_BYTES } from './packer';
import { readSegments } from './read-segments';

vi.setConfig({ testTimeout: 60_000 });

const TOOLS = { zst: 'zstd', xz: 'xz', gz: 'gzip' } as const satisfies Record<PackedForm, ToolName | 'gzip'>;
const ENCODERS = { zst: ({ segments }: ImagePlan) => encodeZst(segments), xz: encodeXz, gz: encodeGzip };

/** Shrinks to a quarter. */
const repeated = (seed: number, length: number): Buffer => Buffer.concat(Array.from({ length: Math.ceil(length / 4096) }, (_, i) => Buffer.alloc(4096, noise(seed + i, 1024)))).subarray(0, length);
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

/** The file of a form in which the bytes stand as they were packed, as the form's own tool reads it. */
async function unpack(form: PackedForm, bytes: Buffer, packed: Buffer): Promise<Buffer> {
  const range = { sha3_384: 'b', offset: 0, length: packed.length };
  const { segments } = ENCODERS[form]({ sizeBytes: bytes.length, segments: [{ kind: 'blob', sha3_384: 'a', offset: 0, length: bytes.length, crc32: zlib.crc32(bytes), packed: { [form]: range } }] });
  const chunks: Uint8Array[] = [];
  const readv = async (buffers: NodeJS.ArrayBufferView[], position: number) => ({ bytesRead: buffers.reduce((done, buffer) => done + packed.copy(buffer as Buffer, 0, position + done), 0) });
  for await (const chunk of readSegments(segments, async () => ({ readv, close: async () => undefined }))) chunks.push(chunk);
  const tool = TOOLS[form] === 'gzip' ? '/usr/bin/gzip' : await findTool(TOOLS[form]);
  const { status, stdout, stderr } = spawnSync(tool, ['-dc'], { input: Buffer.concat(chunks), maxBuffer: 2 ** 30 });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout;
}

it.each(PACKED_FORMS)('%s: its tool reads what several pieces, and what one has become', async (form) => {
  for (const bytes of [LONG, SHORT]) {
    const packed = await pack(form, bytes);
    expect(packed.length).toBeLessThan(bytes.length / 3);
    expect((await unpack(form, bytes, packed)).equals(bytes)).toBe(true);
  }
});

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
