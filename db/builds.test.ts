import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAGES } from '@/lib/build/states';
import { listAudit } from './audit';
import { appendLog, failBuild, takeBuild } from './build-progress';
import { cancelBuild, deleteArtifacts, findArtifact, getBuild, listBuilds, readLog, requestBuild } from './builds';
import type { Ctx } from './context';
import { createModel, getModel } from './models';
import { build } from './schema/builds';
import { signingKey } from './schema/keys';
import { signModel } from './signatures';
import type { Brands } from './testing/brands';
import { digest, finishedBuild, queueBuild, RESULT, runningBuild, SNAP } from './testing/builds';
import { HEADERS, signedModel, twoBrandsWithModels } from './testing/models';

let brands: Brands;
let ctx: Ctx;
let globex: Ctx;
beforeAll(async () => {
  ({ brands, ctx, globex } = await twoBrandsWithModels());
});
afterAll(() => brands.close());

const jobsOf = async (name: string): Promise<Record<string, unknown>[]> => (await brands.db.execute<{ data: Record<string, unknown> }>(sql`select data from pgboss.job where name = ${name} order by created_on`)).rows.map((row) => row.data);

test('a request is a row, its stages, a job and an audit row', async () => {
  const view = await requestBuild(ctx, { model: 'kiosk' });
  expect(view).toMatchObject({ model: 'kiosk', modelDisplayName: 'Acme Kiosk', revision: 1, version: 1, state: 'queued', cancelRequested: false, startedAt: null, finishedAt: null, attempt: 0, failure: null, imageBytes: null, artifacts: [], snaps: [], warnings: [], production: false, requestedBy: { name: 'acme owner' } });
  expect(view.stages.map((s) => [s.name, s.state])).toEqual(STAGES.map((name) => [name, 'waiting']));
  const [row] = await brands.db.select().from(build).where(sql`${build.number} = ${view.number} and ${build.brandId} = ${ctx.brand.id}`);
  expect(await jobsOf('build')).toContainEqual({ buildId: row!.id });
  const [entry] = (await listAudit(ctx, { action: 'build.request', limit: 1 })).items;
  expect(entry).toMatchObject({ sentence: `requested build ${view.number} of model kiosk revision 1`, subject: { type: 'build', name: String(view.number) } });
  expect((await getModel(ctx, 'kiosk')).lastBuild).toEqual({ number: view.number, state: 'queued', requestedAt: view.requestedAt });
});

test('a request that fails at its end leaves no row, no number and no job', async () => {
  const before = { builds: await brands.db.$count(build), jobs: (await jobsOf('build')).length };
  const { number } = await requestBuild(ctx, { model: 'kiosk' });
  const broken: Ctx = { ...ctx, actor: { ...ctx.actor, userId: '00000000-0000-4000-8000-000000000000' } };
  await expect(requestBuild(broken, { model: 'kiosk' })).rejects.toThrow();
  expect(await brands.db.$count(build)).toBe(before.builds + 1);
  expect(await jobsOf('build')).toHaveLength(before.jobs + 1);
  expect((await requestBuild(ctx, { model: 'kiosk' })).number).toBe(number + 1);
});

test('numbers count by brand, without a gap or a double under many requests at once', async () => {
  const first = (await requestBuild(globex, { model: 'kiosk' })).number;
  const numbers = (await Promise.all(Array.from({ length: 8 }, () => requestBuild(globex, { model: 'kiosk' })))).map((view) => view.number);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 8 }, (_, i) => first + 1 + i));
  expect(first).toBe(1);
});

test('builds the newest signature, or the revision that is named', async () => {
  await createModel(ctx, { name: 'twice', headers: HEADERS, note: '' });
  await expect(requestBuild(ctx, { model: 'twice' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('not signed yet') });
  await signModel(ctx, 'twice', { version: 1 });
  await signModel(ctx, 'twice', { version: 1 });
  expect((await requestBuild(ctx, { model: 'twice' })).revision).toBe(2);
  expect((await requestBuild(ctx, { model: 'twice', revision: 1 })).revision).toBe(1);
  for (const revision of [0, 3, 2 ** 40]) await expect(requestBuild(ctx, { model: 'twice', revision })).rejects.toMatchObject({ code: 'not-found' });
});

test('builds nothing that devices would refuse because its key expired', async () => {
  await brands.db.update(signingKey).set({ until: sql`now() - interval '1 day'` }).where(eq(signingKey.brandId, ctx.brand.id));
  await expect(requestBuild(ctx, { model: 'kiosk' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('expired') });
  await brands.db.update(signingKey).set({ until: null }).where(eq(signingKey.brandId, ctx.brand.id));
});

test('says how many wait before it, in whichever brand', async () => {
  await brands.db.update(build).set({ state: 'cancelled', finishedAt: sql`now()` }).where(eq(build.state, 'queued'));
  const own = await queueBuild(ctx);
  const theirs = await queueBuild(globex);
  const last = await queueBuild(ctx);
  expect([(await getBuild(ctx, own.number)).queueAhead, (await getBuild(globex, theirs.number)).queueAhead, (await getBuild(ctx, last.number)).queueAhead]).toEqual([0, 1, 2]);
  await takeBuild(brands.db, own.id, 'w');
  expect((await getBuild(ctx, own.number)).queueAhead).toBeNull();
  expect((await getBuild(ctx, last.number)).queueAhead).toBe(1);
});

test('cancels a waiting build at once, with all its stages', async () => {
  const { number, id } = await queueBuild(ctx);
  const view = await cancelBuild(ctx, number);
  expect(view).toMatchObject({ state: 'cancelled', cancelRequested: true, finishedAt: expect.any(String) });
  expect(new Set(view.stages.map((s) => s.state))).toEqual(new Set(['cancelled']));
  expect(await takeBuild(brands.db, id, 'late')).toBeUndefined();
  expect((await listAudit(ctx, { action: 'build.cancel', limit: 1 })).items[0]!.sentence).toBe(`cancelled build ${number} before it started`);
});

test('asks the worker of a running build to stop, and keeps asking harmlessly', async () => {
  const { number } = await runningBuild(ctx);
  const first = await cancelBuild(ctx, number);
  expect(first).toMatchObject({ state: 'running', cancelRequested: true });
  expect((await cancelBuild(ctx, number)).state).toBe('running');
});

test.each(['succeeded', 'failed', 'cancelled'] as const)('refuses to cancel a build that has %s', async (state) => {
  const over = { succeeded: () => finishedBuild(ctx), failed: failedBuild, cancelled: cancelledBuild };
  const { number } = await over[state]();
  await expect(cancelBuild(ctx, number)).rejects.toMatchObject({ code: 'conflict' });
  expect((await getBuild(ctx, number)).state).toBe(state);
});

async function failedBuild() {
  const running = await runningBuild(ctx);
  await failBuild(brands.db, running.id, running.owner, { code: 'snap-unknown', message: 'No such snap.', stage: 'resolve' });
  return running;
}

async function cancelledBuild() {
  const queued = await queueBuild(ctx);
  await cancelBuild(ctx, queued.number);
  return queued;
}

test('pages newest first and narrows by model, state and what is searched', async () => {
  await signedModel(globex, 'panel');
  await requestBuild(globex, { model: 'panel' });
  const panel = await listBuilds(globex, { limit: 50, model: 'panel' });
  expect(panel.items.map((b) => b.model)).toEqual(['panel']);
  expect((await listBuilds(globex, { limit: 50, q: 'PAN' })).items).toEqual(panel.items);
  expect((await listBuilds(globex, { limit: 50, q: String(panel.items[0]!.number) })).items).toEqual(panel.items);
  expect((await listBuilds(globex, { limit: 50, state: 'succeeded' })).items).toEqual([]);
  const numbers: number[] = [];
  let after: string | undefined;
  do {
    const page = await listBuilds(globex, { limit: 4, after });
    numbers.push(...page.items.map((b) => b.number));
    after = page.next ?? undefined;
  } while (after);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => numbers.length - i));
  expect(panel.items[0]!.stages.map((s) => s.name)).toEqual([...STAGES]);
});

test('a finished build shows its files, snaps and warnings', async () => {
  const { number } = await finishedBuild(ctx);
  const view = await getBuild(ctx, number);
  expect(view).toMatchObject({ state: 'succeeded', imageBytes: 1000, snaps: [SNAP], warnings: RESULT.warnings });
  expect(view.artifacts).toEqual([
    { kind: 'image-zst', volume: '', fileName: 'kiosk.img.zst', sizeBytes: 1000, sha256: digest('a'), deleted: false },
    { kind: 'image-raw', volume: '', fileName: 'kiosk.img', sizeBytes: 5_000_000_000, sha256: null, deleted: false },
    { kind: 'manifest', volume: '', fileName: 'kiosk.json', sizeBytes: 10, sha256: digest('b'), deleted: false },
  ]);
});

test('finds a file by its name, and no other', async () => {
  const { number } = await finishedBuild(ctx);
  expect(await findArtifact(ctx, number, 'kiosk.img')).toMatchObject({ kind: 'image-raw', blobs: [digest('a')], image: { form: 'raw', plan: RESULT.plans[0]!.plan }, sha256: null });
  for (const name of ['KIOSK.img', '../kiosk.img', '', '\0', '%']) await expect(findArtifact(ctx, number, name)).rejects.toMatchObject({ code: 'not-found' });
});

test('deletes the images, keeps what tells of them, and has the disk freed', async () => {
  const { number } = await finishedBuild(ctx);
  const view = await deleteArtifacts(ctx, number);
  expect(view.artifacts.map((file) => [file.kind, file.deleted])).toEqual([
    ['image-zst', true],
    ['image-raw', true],
    ['manifest', false],
  ]);
  await expect(findArtifact(ctx, number, 'kiosk.img')).rejects.toMatchObject({ code: 'gone' });
  expect((await findArtifact(ctx, number, 'kiosk.json')).kind).toBe('manifest');
  expect((await jobsOf('sweep')).at(-1)).toEqual({ blobs: [digest('a')] });
  await expect(deleteArtifacts(ctx, number)).rejects.toMatchObject({ code: 'conflict' });
  const { number: waiting } = await queueBuild(ctx);
  await expect(deleteArtifacts(ctx, waiting)).rejects.toMatchObject({ code: 'conflict' });
});

test('reads the log on from any line', async () => {
  const { number, id, owner } = await runningBuild(ctx);
  await appendLog(brands.db, id, owner, [
    { stage: 'resolve', level: 'info', text: 'one' },
    { stage: null, level: 'warning', text: 'two\0' },
  ]);
  await appendLog(brands.db, id, owner, [{ stage: 'fetch', level: 'error', text: 'three' }]);
  const lines = await readLog(ctx, number, 0);
  expect(lines.map(({ stage, level, text }) => [stage, level, text])).toEqual([
    ['resolve', 'info', 'one'],
    [null, 'warning', 'two'],
    ['fetch', 'error', 'three'],
  ]);
  expect((await readLog(ctx, number, lines[0]!.id)).map((l) => l.text)).toEqual(['two', 'three']);
  expect((await readLog(ctx, number, lines[0]!.id, 1)).map((l) => l.text)).toEqual(['two']);
  expect(await readLog(ctx, number, lines[2]!.id)).toEqual([]);
  for (const nonsense of [Number.NaN, -1, 1.5, 2 ** 60]) expect(await readLog(ctx, number, nonsense)).toHaveLength(3);
});

test.each([0, -1, 1.5, 10_000, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY])('there is no build %s', async (number) => {
  await expect(getBuild(ctx, number)).rejects.toMatchObject({ code: 'not-found' });
});
