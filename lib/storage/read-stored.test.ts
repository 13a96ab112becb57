import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StoredPlan } from '../image/stored-plan';
import { LocalStore } from './local-store';
import { readStored, type StoredFile } from './read-stored';

let root: string;
let store: LocalStore;
let blobs: string[];
const put = async (text: string) => (await store.put((async function* () { yield Buffer.from(text); })())).sha3_384;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'imprint-stored-'));
  store = new LocalStore(root);
  blobs = [await put('first blob'), await put('second')];
});
afterAll(() => rm(root, { recursive: true, force: true }));

const planOf = ([first, second]: string[]): StoredPlan => ({
  sizeBytes: 20,
  segments: [{ kind: 'blob', sha3_384: first!, offset: 6, length: 4, crc32: 0 }, { kind: 'zeros', length: 10 }, { kind: 'blob', sha3_384: second!, offset: 0, length: 6, crc32: 0 }],
});
const read = async (file: StoredFile, start: number, end: number) => {
  const parts: Uint8Array[] = [];
  for await (const part of await readStored(store, file, { start, end })) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
};

it('reads any range of an image from the blobs of its plan', async () => {
  const file: StoredFile = { sizeBytes: 20, blobs, image: { plan: planOf(blobs), form: 'raw' } };
  const whole = `blob${'\0'.repeat(10)}second`;
  for (const [start, end] of [[0, 19], [0, 0], [3, 4], [5, 9], [13, 19], [19, 19]] as const) expect(await read(file, start, end)).toBe(whole.slice(start, end + 1));
});

it('reads a plain file from its one blob', async () => {
  const file: StoredFile = { sizeBytes: 10, blobs: [blobs[0]!], image: null };
  expect(await read(file, 6, 9)).toBe('blob');
  await expect(readStored(store, { ...file, blobs }, { start: 0, end: 1 })).rejects.toThrow(TypeError);
});

it('says not-found before the first byte when a blob of the range is gone, and reads what does not need it', async () => {
  const gone = 'f'.repeat(96);
  const file: StoredFile = { sizeBytes: 20, blobs, image: { plan: planOf([blobs[0]!, gone]), form: 'raw' } };
  expect(await read(file, 0, 13)).toBe(`blob${'\0'.repeat(10)}`);
  await expect(readStored(store, file, { start: 0, end: 14 })).rejects.toMatchObject({ code: 'not-found' });
});
