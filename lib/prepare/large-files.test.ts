import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeStream } from '../assertion/decode';
import { noise } from '../image/testing';
import { isFile } from '../seed/tree';
import { hashFile } from '../snapstore/hash-file';
import { LocalStore } from '../storage/local-store';
import { readSegments } from '../storage/read-segments';
import { openerOf, type ContentStore } from './content-store';
import { folderSource } from './folder-source';
import { NO_OPTIONS } from './options';
import { prepareImage, type PreparedImage } from './prepare-image';
import { BOARD_SETS } from './testing/board-sets';
import { makeSet, type MadeSet, type StubSet } from './testing/make-set';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MIB = 2 ** 20;
const { signal } = new AbortController();
const sha3 = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'imprint-large-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A set with other files in one of its snaps, whose gadget.yaml is changed. */
function change(board: string, snap: string, files: Record<string, string | Uint8Array>, yaml: (text: string) => string = (text) => text): StubSet {
  const { set } = BOARD_SETS[board]!;
  const own = { 'pc-kernel': {}, pc: { 'meta/gadget.yaml': yaml(String(set.snaps.find(({ name }) => name === 'pc')!.files!['meta/gadget.yaml'])) } };
  return { ...set, snaps: set.snaps.map((each) => ({ ...each, files: { ...each.files, ...own[each.name as keyof typeof own], ...(each.name === snap && files) } })) };
}

type Store = ContentStore & { /** Digests of what was put there. */ puts: string[]; /** Memory that the chunks came in. */ buffers: Set<ArrayBufferLike> };

/** A store that sees what it is given. */
function watched(store: ContentStore): Store {
  const [puts, buffers] = [[] as string[], new Set<ArrayBufferLike>()];
  return {
    puts,
    buffers,
    stat: (digest) => store.stat(digest),
    open: (digest) => store.open(digest),
    async put(source, options) {
      const seen = async function* () {
        for await (const chunk of source) {
          buffers.add(chunk.buffer);
          yield chunk;
        }
      };
      const blob = await store.put(seen(), options);
      puts.push(blob.sha3_384);
      return blob;
    },
  };
}

let count = 0;
const make = (set: StubSet): Promise<MadeSet> => makeSet(path.join(folder, `set-${(count += 1)}`), set);
const newStore = () => new LocalStore(path.join(folder, `store-${(count += 1)}`));

async function prepare(set: MadeSet, content: ContentStore): Promise<PreparedImage> {
  const read = async (file: string) => decodeStream(new Uint8Array(await readFile(file)));
  const source = await folderSource(set.snaps, await read(path.join(set.assertions, 'all.assert')), hashFile, signal);
  const anchors = { assertions: [], predefined: [], embedded: await read(set.roots) };
  const [model] = await read(set.model);
  const scratch = await mkdtemp(path.join(folder, 'scratch-'));
  const quiet: Parameters<typeof prepareImage>[1] = (_name, work) => work({ signal, progress: () => undefined, log: () => undefined, say: () => undefined });
  try {
    return await prepareImage({ model: model!, options: NO_OPTIONS, source, anchors, trustedPublishers: [], now: new Date('2026-06-01T00:00:00Z'), hash: hashFile, content, scratch }, quiet);
  } finally {
    expect(await readdir(scratch)).toEqual([]);
  }
}

const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error as { code?: string }).code ?? String(error));
const planOf = ({ images }: PreparedImage) => images.map(({ plan }) => plan.segments.map((segment) => (segment.kind === 'bytes' ? sha3(segment.bytes) : segment)));
const literalBytes = ({ images, tree }: PreparedImage): number[] => [
  ...images.flatMap(({ plan }) => plan.segments.map((segment) => (segment.kind === 'bytes' ? segment.bytes.length : 0))),
  ...tree.filter(isFile).map(({ content }) => (content.kind === 'bytes' ? content.bytes.length : 0)),
];

describe('a kernel of 40 MB', () => {
  const kernel = noise(1, 40_000_000);
  let set: MadeSet;
  beforeAll(async () => {
    set = await make(change('UC22 on a Raspberry Pi', 'pc-kernel', { 'kernel.img': kernel, 'initrd.img': noise(2, MIB), 'dtbs/overlays/a.dtbo': noise(3, MIB + 1) }, (text) => text.replace('size: 40M', 'size: 100M')));
  });

  it('is a range of a blob in the plan, and comes to the store a piece at a time', async () => {
    const store = watched(newStore());
    const image = await prepare(set, store);
    const own = image.images[0]!.plan.segments.filter((segment) => segment.kind === 'blob' && segment.isOwn);
    expect(own).toEqual([
      { kind: 'blob', isOwn: true, sha3_384: sha3(kernel), offset: 0, length: kernel.length, crc32: zlib.crc32(kernel) },
      { kind: 'blob', isOwn: true, sha3_384: sha3(noise(3, MIB + 1)), offset: 0, length: MIB + 1, crc32: zlib.crc32(noise(3, MIB + 1)) },
    ]);
    // What is no larger than 1 MiB may be held.
    expect(Math.max(...literalBytes(image))).toBe(MIB);
    expect(store.puts.sort()).toEqual([sha3(kernel), sha3(noise(3, MIB + 1))].sort());
    // One for each of them, however long it is.
    expect([...store.buffers].map(({ byteLength }) => byteLength)).toEqual([MIB, MIB]);
  });

  it('is unpacked once in the life of its snap, and again when it is gone', async () => {
    const inner = newStore();
    const first = await prepare(set, inner);
    const store = watched(inner);
    expect(planOf(await prepare(set, store))).toEqual(planOf(first));
    expect(store.puts).toEqual([]);
    await inner.delete(sha3(kernel));
    expect(planOf(await prepare(set, store))).toEqual(planOf(first));
    expect(store.puts).toEqual([sha3(kernel)]);
  });
});

describe('a large file of a gadget', () => {
  const raw = noise(4, 3 * MIB + 7);
  const board = 'UC22 with file systems of its gadget';

  it('may lie in a raw structure, with a number written over its middle', async () => {
    const at = 4096 + 2_000_001;
    // The partition follows the others, which the plan says where.
    const set = (write: string) => make(change(board, 'pc', { 'raw.img': raw }, (text) => text.replace(/(name: raw, type: "[^"]+"), size: 1M/, `$1, size: 4M${write}`)));
    const startOf = ({ images }: PreparedImage) => images[0]!.plan.partitions.find(({ name }) => name === 'raw')!.startBytes;
    const start = startOf(await prepare(await set(''), newStore()));
    const store = newStore();
    const image = await prepare(await set(`, offset-write: ${start + at}`), store);
    expect(startOf(image)).toBe(start);
    const parts = image.images[0]!.plan.segments.filter((segment) => segment.kind === 'blob').filter(({ sha3_384 }) => sha3_384 === sha3(raw));
    expect(parts.map(({ offset, length, crc32 }) => [offset, length, crc32])).toEqual([
      [0, 2_000_001, zlib.crc32(raw.subarray(0, 2_000_001))],
      [2_000_005, raw.length - 2_000_005, zlib.crc32(raw.subarray(2_000_005))],
    ]);
    expect(Math.max(...literalBytes(image))).toBeLessThan(MIB);
    const read: Buffer[] = [];
    for await (const chunk of readSegments(parts, openerOf(image.paths, store), {})) read.push(Buffer.from(chunk));
    expect(Buffer.concat(read).equals(Buffer.concat([raw.subarray(0, 2_000_001), raw.subarray(2_000_005)]))).toBe(true);
  });

  it('lies in no plan when it is on ext4 either', async () => {
    const image = await prepare(await make(change(board, 'pc', { 'extra/large': raw })), newStore());
    expect(Math.max(...literalBytes(image))).toBeLessThan(MIB / 4);
  });

  it.each([
    ['gadget-content-invalid', 'boot code', 'UC22 on a PC', 'pc-boot.img'],
    ['boot-config-invalid', 'the configuration of a firmware', 'UC22 on a Raspberry Pi', 'boot-assets/config.txt'],
    ['snap-file-too-big', 'the script of a boot loader', 'UC22 on a PC', 'grub.conf'],
  ])('is refused with %s as %s', async (code, _what, name, file) => expect(await codeOf(prepare(await make(change(name, 'pc', { [file]: raw })), newStore()))).toBe(code));
});
