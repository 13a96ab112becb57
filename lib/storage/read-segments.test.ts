import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { segmentLength, type Segment } from '../image/plan';
import { readSegments, type BlobReader, type OpenBlob } from './read-segments';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const made = new Map<string, Uint8Array>();
function blobBytes(name: string): Uint8Array {
  const bytes = made.get(name) ?? Uint8Array.from({ length: 5000 }, (_, i) => (i * 31 + name.charCodeAt(0)) & 0xff);
  made.set(name, bytes);
  return bytes;
}

/** Blobs in memory that give at most `stingy` bytes a read, as a file may. */
function blobs(stingy = Infinity) {
  const open = new Set<string>();
  let opened = 0;
  let reads = 0;
  const openBlob: OpenBlob = async (name) => {
    opened += 1;
    open.add(name);
    return {
      async readv(buffers, position) {
        reads += 1;
        let bytesRead = 0;
        for (const buffer of buffers as Uint8Array[]) {
          const piece = blobBytes(name).subarray(position + bytesRead, position + bytesRead + Math.min(buffer.length, stingy - bytesRead));
          buffer.set(piece);
          bytesRead += piece.length;
          if (piece.length < buffer.length) break;
        }
        return { bytesRead };
      },
      async close() {
        open.delete(name);
      },
    } satisfies BlobReader;
  };
  return { openBlob, open, opened: () => opened, reads: () => reads };
}

const plain = (segments: Segment[]): Uint8Array =>
  Uint8Array.from(
    segments.flatMap((s) => {
      if (s.kind === 'bytes') return [...s.bytes];
      if (s.kind === 'zeros') return Array<number>(s.length).fill(0);
      return [...blobBytes(s.sha3_384).subarray(s.offset, s.offset + s.length)];
    }),
  );

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<{ bytes: Uint8Array; sizes: number[] }> {
  const all: number[] = [];
  const sizes: number[] = [];
  for await (const chunk of chunks) {
    sizes.push(chunk.length);
    all.push(...chunk);
  }
  return { bytes: Uint8Array.from(all), sizes };
}

const segment = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes): Segment => ({ kind: 'bytes', bytes })),
  fc.nat(1000).map((length): Segment => ({ kind: 'zeros', length })),
  fc.tuple(fc.constantFrom('a', 'b'), fc.nat(4000), fc.nat(1000)).map(([sha3_384, offset, length]): Segment => ({ kind: 'blob', sha3_384, offset, length })),
);

describe('the bytes of segments', () => {
  it('are the same whatever the chunks, the reads and the buffers', () =>
    fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 12 }), fc.integer({ min: 50, max: 700 }), fc.integer({ min: 20, max: 500 }), fc.boolean(), async (segments, chunkBytes, stingy, reuse) => {
        const { openBlob, open } = blobs(stingy);
        const { bytes, sizes } = await gather(readSegments(segments, openBlob, { chunkBytes, reuse }));
        expect(Buffer.compare(bytes, plain(segments))).toBe(0);
        expect(sizes.slice(0, -1).every((size) => size === chunkBytes)).toBe(true);
        expect(sizes.reduce((a, b) => a + b, 0)).toBe(segments.reduce((sum, s) => sum + segmentLength(s), 0));
        expect(open.size).toBe(0);
      }),
      { numRuns: 60 },
    ));

  it('stay what they were in chunks that are kept', async () => {
    const segments: Segment[] = [{ kind: 'blob', sha3_384: 'a', offset: 0, length: 4000 }];
    const chunks: Uint8Array[] = [];
    for await (const chunk of readSegments(segments, blobs().openBlob, { chunkBytes: 100 })) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from(plain(segments)));
  });

  it('come by one read a chunk though headers stand between the parts of a blob', async () => {
    const segments = [0, 1, 2, 3].flatMap((i): Segment[] => [{ kind: 'bytes', bytes: new Uint8Array(3) }, { kind: 'blob', sha3_384: 'a', offset: i * 128, length: 128 }]);
    const { openBlob, reads, opened } = blobs();
    await gather(readSegments(segments, openBlob, { chunkBytes: 4096 }));
    expect([reads(), opened()]).toEqual([1, 1]);
  });

  it('end with an error, and every file closed, when a blob is shorter than its segment', async () => {
    const { openBlob, open } = blobs();
    await expect(gather(readSegments([{ kind: 'blob', sha3_384: 'a', offset: 4000, length: 2000 }], openBlob))).rejects.toMatchObject({ code: 'blob-short' });
    expect(open.size).toBe(0);
  });

  it('leave no file open when the reader stops half-way', async () => {
    const { openBlob, open } = blobs();
    for await (const chunk of readSegments([{ kind: 'blob', sha3_384: 'a', offset: 0, length: 4000 }], openBlob, { chunkBytes: 10 })) {
      expect(chunk).toHaveLength(10);
      break;
    }
    expect(open.size).toBe(0);
  });

  it('stop with the reason of the signal', async () => {
    const stop = new AbortController();
    const { openBlob, open } = blobs();
    const chunks = readSegments([{ kind: 'blob', sha3_384: 'a', offset: 0, length: 4000 }], openBlob, { chunkBytes: 10, signal: stop.signal });
    await chunks.next();
    stop.abort(new Error('stopped'));
    await expect(gather(chunks)).rejects.toThrow('stopped');
    expect(open.size).toBe(0);
  });

  it('keep few of many blobs open at a time', async () => {
    const { openBlob, open } = blobs();
    let most = 0;
    const segments = Array.from({ length: 100 }, (_, i): Segment => ({ kind: 'blob', sha3_384: String.fromCharCode(200 + i), offset: 0, length: 10 }));
    for await (const chunk of readSegments(segments, openBlob, { chunkBytes: 10 })) most = Math.max(most, open.size * Math.sign(chunk.length));
    expect(most).toBeLessThanOrEqual(32);
    expect(open.size).toBe(0);
  });

  it('use lent buffers only, one for each chunk, zeros included', async () => {
    const { openBlob } = blobs();
    const segments: Segment[] = [
      { kind: 'zeros', length: 25 },
      { kind: 'blob', sha3_384: 'a', offset: 3, length: 31 },
      { kind: 'bytes', bytes: new Uint8Array(0) },
      { kind: 'zeros', length: 14 },
    ];
    const lent: Uint8Array<ArrayBuffer>[] = [];
    const lend = async () => {
      lent.push(new Uint8Array(10).fill(255));
      return lent.at(-1)!;
    };
    const chunks: Uint8Array[] = [];
    for await (const chunk of readSegments(segments, openBlob, { chunkBytes: 10, lend })) chunks.push(chunk);
    expect(chunks.map(({ buffer }) => buffer)).toEqual(lent.map(({ buffer }) => buffer));
    expect(chunks.map(({ byteOffset }) => byteOffset)).toEqual(Array(7).fill(0));
    expect(new Uint8Array(Buffer.concat(chunks))).toEqual(plain(segments));
  });
});
