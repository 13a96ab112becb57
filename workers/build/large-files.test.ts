import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BuildView } from '@/lib/api/builds';
import { AppError } from '@/lib/errors';
import { noise } from '@/lib/image/testing';
import type { BlobStore } from '@/lib/storage/blob-store';
import { readStored } from '@/lib/storage/read-stored';
import { deleteArtifacts, findArtifact, getBuild } from '@/db/builds';
import { piSnaps } from '../testing/pi-snaps';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';
import { runBuild } from './run-build';
import { collectBlobs, tidy } from './tidy';

const signal = new AbortController().signal;
const nextMonth = () => new Date(Date.now() + 30 * 24 * 3600 * 1000);
const sha3 = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');
/** Does not compress. */
const kernel = noise(1, 3_000_000);
/** Does. */
const initrd = Buffer.alloc(2_000_000, 'initrd');
const large = [sha3(kernel), sha3(initrd)];

let folder: string;
let shop: Workshop;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-files-'));
  shop = await openWorkshop('pi-arm64-core24', await piSnaps(join(folder, 'set'), { 'kernel.img': kernel, 'initrd.img': initrd }));
}, 300_000);
afterAll(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

const areStored = () => Promise.all(large.map(async (blob) => (await shop.services.blobs.stat(blob)) !== undefined));
const fileOf = ({ number, artifacts }: BuildView, kind: string) => findArtifact(shop.owner, number, artifacts.find((each) => each.kind === kind)!.fileName);

/** Every byte of a form, as somebody downloads it. */
async function digestOf(view: BuildView): Promise<string> {
  const file = await fileOf(view, 'image-xz');
  const hash = createHash('sha256');
  for await (const chunk of await readStored(shop.services.blobs, file, { start: 0, end: file.sizeBytes - 1 })) hash.update(chunk);
  return hash.digest('hex');
}

/** The store, which tells what is put there and may let a build wait. */
function watched(then: (blob: string) => Promise<void> = async () => undefined): { blobs: BlobStore; puts: string[] } {
  const puts: string[] = [];
  const put = async (...args: Parameters<BlobStore['put']>) => {
    const blob = await shop.services.blobs.put(...args);
    puts.push(blob.sha3_384);
    await then(blob.sha3_384);
    return blob;
  };
  return { blobs: Object.create(shop.services.blobs, { put: { value: put } }) as BlobStore, puts };
}

test('large files of a kernel are blobs of its image: packed and unpacked once, held while a build runs, and gone with the last image', async () => {
  const own = watched();
  const { view: first } = await shop.build({ ...shop.services, blobs: own.blobs });
  expect([first.failure, await areStored()]).toEqual([null, [true, true]]);
  expect(own.puts.slice(0, 2).sort()).toEqual([...large].sort());
  const { blobs, image } = await fileOf(first, 'image-xz');
  expect(blobs).toEqual(expect.arrayContaining(large));
  const ranges = image!.plan.segments.filter((segment) => segment.kind === 'blob').filter(({ sha3_384 }) => large.includes(sha3_384));
  expect(ranges.map(({ sha3_384, offset, length, packed }) => [sha3_384, offset, length, packed?.xz !== undefined]).sort()).toEqual([[large[0], 0, kernel.length, false], [large[1], 0, initrd.length, true]].sort());
  const digest = await digestOf(first);

  // While the second waits before it publishes, the first goes.
  let tidied: Promise<void> | undefined;
  const next = watched(() => (tidied ??= deleteArtifacts(shop.owner, first.number).then(() => tidy(shop.services, { now: nextMonth() }))));
  const { buildId, number } = await shop.request();
  await runBuild(buildId, signal, { ...shop.services, blobs: next.blobs });
  const second = await getBuild(shop.owner, number);
  expect([second.state, second.attempt]).toEqual(['succeeded', 1]);
  // Its manifest and the like, but nothing of the image.
  const files = await Promise.all(['image-xz', 'image-raw'].map((kind) => fileOf(second, kind)));
  expect(next.puts.filter((blob) => files.some((file) => file.blobs.includes(blob)))).toEqual([]);
  expect(await digestOf(second)).toBe(digest);

  await deleteArtifacts(shop.owner, second.number);
  await collectBlobs(shop.services, nextMonth());
  expect(await areStored()).toEqual([false, false]);
  const { view: third } = await shop.build();
  expect([third.failure, await areStored()]).toEqual([null, [true, true]]);
  expect(await digestOf(third)).toBe(digest);
});

test('what a build has unpacked that fails is handed over to be removed', async () => {
  await shop.brands.db.execute(sql`update artifact set deleted_at = now(), deleted_because = 'asked' where deleted_at is null`);
  await collectBlobs(shop.services, nextMonth());
  const refusing = watched(async (blob) => {
    if (!large.includes(blob)) throw new AppError('no-more', 'No more is taken.');
  });
  const { view } = await shop.build({ ...shop.services, blobs: refusing.blobs });
  expect(view.failure).toMatchObject({ code: 'no-more' });
  const { rows } = await shop.brands.pool.query<{ data: { blobs: string[] } }>(`select data from pgboss.job where name = 'sweep' order by created_on desc limit 1`);
  expect(rows[0]?.data.blobs).toEqual(expect.arrayContaining(large));
});
