import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { findUndigested } from '@/db/artifacts';
import { findArtifact, getBuild, readLog } from '@/db/builds';
import { artifact, build } from '@/db/schema/builds';
import type { ArtifactKind, BuildView } from '@/lib/api/builds';
import { STAGES } from '@/lib/build/states';
import { writeArtifact } from '../testing/raw-image';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';
import { digestArtifact } from './digest';

let shop: Workshop;

beforeAll(async () => {
  shop = await openWorkshop();
}, 300_000);
afterAll(() => shop.close());

const sha256Of = async (path: string) => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** As the job that follows the publishing computes it. */
async function digestOf({ number, artifacts }: BuildView, kind: ArtifactKind): Promise<string | null> {
  const { fileName } = artifacts.find((a) => a.kind === kind)!;
  const [row] = await shop.brands.db.select().from(artifact).where(eq(artifact.fileName, fileName));
  await digestArtifact(row!.id, new AbortController().signal, shop.services);
  expect(await findUndigested(shop.brands.db, row!.id)).toBeUndefined();
  return (await getBuild(shop.owner, number)).artifacts.find((a) => a.kind === kind)!.sha256;
}

describe('an image of a core24 model', () => {
  test('goes through every stage, and its two forms have the same bytes', async () => {
    const { view, thrown } = await shop.build();
    expect(thrown).toBeUndefined();
    expect(view.failure).toBeNull();
    expect(view.state).toBe('succeeded');
    expect(view.production).toBe(false);
    expect(view.stages.map(({ name, state }) => [name, state])).toEqual(STAGES.map((name) => [name, 'done']));
    expect(view.stages.every(({ sentence, startedAt, finishedAt }) => sentence !== '' && startedAt! <= finishedAt!)).toBe(true);
    expect(view.snaps.map((snap) => snap.name)).toEqual(['snapd', 'pc-kernel', 'core24', 'pc']);

    const zst = view.artifacts.find((a) => a.kind === 'image-zst')!;
    const raw = view.artifacts.find((a) => a.kind === 'image-raw')!;
    expect(raw.sizeBytes).toBe(3_154_150_912);
    expect([zst.sha256, raw.sha256]).toEqual([null, null]);

    const packed = join(shop.dir, 'image.img.zst');
    const unpacked = join(shop.dir, 'image.img');
    const packedDigest = await writeArtifact(shop.services.blobs, await findArtifact(shop.owner, view.number, zst.fileName), packed);
    expect((await stat(packed)).size).toBe(zst.sizeBytes);
    execFileSync('zstd', ['-dqf', '--sparse', packed, '-o', unpacked]);
    execFileSync('sgdisk', ['-v', unpacked]);

    const bmap = join(shop.dir, 'image.bmap');
    await writeArtifact(shop.services.blobs, await findArtifact(shop.owner, view.number, view.artifacts.find((a) => a.kind === 'bmap')!.fileName), bmap);
    // Verifies the map itself and each range that it writes.
    execFileSync('bmaptool', ['copy', '--bmap', bmap, unpacked, join(shop.dir, 'flashed.img')], { stdio: 'pipe' });
    expect(await sha256Of(join(shop.dir, 'flashed.img'))).toBe(await sha256Of(unpacked));

    expect(await digestOf(view, 'image-zst')).toBe(packedDigest);
    expect(await digestOf(view, 'image-raw')).toBe(await sha256Of(unpacked));
  });

  test('has the same bytes when it is built again somewhere else', async () => {
    const elsewhere = join(shop.dir, 'elsewhere');
    await mkdir(elsewhere);
    const first = await shop.build();
    const again = await shop.build(await shop.embedded.services(shop.brands.db, elsewhere));
    const planOf = async ({ view }: typeof first) => (await findArtifact(shop.owner, view.number, view.artifacts.find((a) => a.kind === 'image-zst')!.fileName)).image;
    expect(await planOf(again)).toEqual(await planOf(first));
    const rows = await shop.brands.db.select({ number: build.number, lock: build.lock }).from(build);
    const lockOf = (number: number) => rows.find((row) => row.number === number)!.lock;
    expect(lockOf(again.view.number)).toEqual(lockOf(first.view.number));
  });

  test('tells in its manifest and log what it is made of', async () => {
    const { view } = await shop.build();
    const manifest = view.artifacts.find((a) => a.kind === 'manifest')!;
    const path = join(shop.dir, 'manifest.json');
    await writeArtifact(shop.services.blobs, await findArtifact(shop.owner, view.number, manifest.fileName), path);
    const told = JSON.parse(execFileSync('cat', [path], { encoding: 'utf8' })) as { validForProduction: boolean; key: { id: string }; snaps: unknown[]; image: { sizeBytes: number } };
    expect(told.validForProduction).toBe(false);
    expect(told.key.id).toMatch(/^[\w-]{64}$/);
    expect(told.snaps).toEqual(view.snaps.map((snap) => ({ ...snap })));
    expect(told.image.sizeBytes).toBe(view.artifacts.find((a) => a.kind === 'image-raw')!.sizeBytes);
    const log = await readLog(shop.owner, view.number, 0);
    expect(log.map((line) => line.text)).toContain('All 4 snaps were in the cache.');
  });
});
