import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { SeededSnap } from '@/lib/api/builds';
import { finishBuild, takeBuild } from '../build-progress';
import type { BuildResult } from '../build-progress';
import { requestBuild } from '../builds';
import type { Ctx } from '../context';
import { build } from '../schema/builds';

/** Different for each letter. */
export const digest = (letter: string): string => letter.repeat(64);

export const SNAP: SeededSnap = { name: 'pc', snapId: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH', type: 'gadget', revision: 7, version: '24-1', channel: '24/stable', publisher: 'acme', sizeBytes: 4096, sha3_384: 'c'.repeat(96) };

/** What a worker publishes: an image by its plan, in two forms, one of them without its checksum yet. */
export const RESULT: BuildResult = {
  artifacts: [
    { kind: 'image-zst', fileName: 'kiosk.img.zst', sizeBytes: 1000, sha256: digest('a'), blobs: [digest('a')] },
    { kind: 'image-raw', fileName: 'kiosk.img', sizeBytes: 5_000_000_000, sha256: null, blobs: [digest('a')] },
    { kind: 'manifest', fileName: 'kiosk.json', sizeBytes: 10, sha256: digest('b'), blobs: [digest('b')] },
  ],
  plans: [{ volume: '', plan: { sizeBytes: 5_000_000_000, segments: [{ kind: 'blob', sha3_384: 'a'.repeat(96), offset: 0, length: 900, crc32: 1 }, { kind: 'zeros', length: 4_999_999_100 }] } }],
  manifest: { model: 'kiosk' },
  lock: { format: 2, model: { brandId: 'acme-account', model: 'kiosk', revision: 1, sha3_384: 'd'.repeat(96) }, label: '20260101', epoch: 1767225600, sectorSize: 512, sizeProfile: 'full', imageSizes: {}, bootFlags: [], snaps: [], validationSets: [], assertions: [], extraAssertions: [] },
  snaps: [SNAP],
  warnings: [
    { code: 'kernel-compression', message: 'It may not start.' },
    { code: 'core-added', message: 'core is added.' },
  ],
  production: false,
  evidence: {
    product: { name: 'Imprint', version: '0.0.0' },
    brand: { accountId: 'acme-account', name: 'Acme' },
    model: { name: 'kiosk', revision: 1, brandId: 'acme-account', architecture: 'amd64', base: 'core24', grade: 'dangerous', sha3_384: 'd'.repeat(96), sha256: digest('d'), signKeyId: 'k'.repeat(64) },
    snaps: [],
    validationSets: [],
  },
};

/** A waiting build of a signed model and its row's id, which no view shows. */
export async function queueBuild(ctx: Ctx, model = 'kiosk'): Promise<{ number: number; id: string }> {
  const { number } = await requestBuild(ctx, { model });
  const rows = await ctx.db.select({ id: build.id, brandId: build.brandId }).from(build).where(eq(build.number, number));
  return { number, id: rows.find((row) => row.brandId === ctx.brand.id)!.id };
}

/** Taken by a worker of its own. */
export async function runningBuild(ctx: Ctx, model = 'kiosk'): Promise<{ number: number; id: string; owner: string }> {
  const queued = await queueBuild(ctx, model);
  const owner = `worker-${randomUUID()}`;
  await takeBuild(ctx.db, queued.id, owner);
  return { ...queued, owner };
}

export async function finishedBuild(ctx: Ctx, model = 'kiosk', result: BuildResult = RESULT): Promise<{ number: number; id: string }> {
  const { owner, ...running } = await runningBuild(ctx, model);
  await finishBuild(ctx.db, running.id, owner, result);
  return running;
}
