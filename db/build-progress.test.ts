import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findUndigested, setDigest } from './artifacts';
import { listAudit } from './audit';
import { sweepBlobs } from './blobs';
import { abandonBuild, appendLog, failBuild, finishBuild, isSuspect, markCancelled, recordLock, recordStage, releaseBuild, renewLease, takeBuild } from './build-progress';
import { cancelBuild, deleteArtifacts, getBuild, readLog } from './builds';
import type { Ctx, Database } from './context';
import { artifact, build } from './schema/builds';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { digest, finishedBuild, queueBuild, RESULT, runningBuild } from './testing/builds';
import { registerKey, signedModel } from './testing/models';

let brands: Brands;
let ctx: Ctx;
let db: Database;
beforeAll(async () => {
  brands = await twoBrands();
  ({ db } = brands);
  ctx = await brands.as('acme', 'owner');
  await registerKey(ctx, 'main');
  await signedModel(ctx, 'kiosk');
});
afterAll(() => brands.close());

const NOBODY = '00000000-0000-4000-8000-000000000000';
const stage = async (number: number, name: string) => (await getBuild(ctx, number)).stages.find((s) => s.name === name)!;

test('whoever takes a build gets all that it is made from', async () => {
  const { id, number } = await queueBuild(ctx);
  const taken = await takeBuild(db, id, 'one');
  expect(taken).toMatchObject({ buildId: id, number, attempt: 1, brand: ctx.brand, production: false, lock: null, model: { name: 'kiosk', revision: 1, version: 1 } });
  expect(taken!.model.text).toContain('type: model\n');
  expect(taken!.model.chain).toContain('type: account-key\n');
  expect(await getBuild(ctx, number)).toMatchObject({ state: 'running', attempt: 1, startedAt: expect.any(String) });
});

test('there is nothing to take of a build that is over or does not exist', async () => {
  const { id } = await finishedBuild(ctx);
  for (const none of [id, NOBODY, 'nonsense']) expect(await takeBuild(db, none, 'one')).toBeUndefined();
});

test('taking it again is another attempt, and begins unfinished stages anew', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await recordStage(db, id, owner, 'verify-model', { state: 'done', sentence: 'Verified.' });
  await recordStage(db, id, owner, 'fetch', { state: 'running', bytesDone: 5, bytesTotal: 10, sentence: 'Half.' });
  await recordLock(db, id, owner, RESULT.lock);
  const started = (await getBuild(ctx, number)).startedAt;
  expect(await takeBuild(db, id, 'two')).toMatchObject({ attempt: 2, lock: RESULT.lock });
  expect(await stage(number, 'verify-model')).toMatchObject({ state: 'done', sentence: 'Verified.' });
  expect(await stage(number, 'fetch')).toMatchObject({ state: 'waiting', startedAt: null, bytesDone: 0, bytesTotal: null, sentence: '' });
  expect((await getBuild(ctx, number)).startedAt).toBe(started);
});

test('whoever lost the lease writes nothing more', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await takeBuild(db, id, 'two');
  expect(await renewLease(db, id, owner)).toBeUndefined();
  const writes = [
    () => recordStage(db, id, owner, 'fetch', { state: 'running' }),
    () => recordLock(db, id, owner, RESULT.lock),
    () => appendLog(db, id, owner, [{ stage: null, level: 'info', text: 'ghost' }]),
    () => finishBuild(db, id, owner, RESULT),
    () => failBuild(db, id, owner, { code: 'x', message: 'x', stage: null }),
    () => markCancelled(db, id, owner),
    () => releaseBuild(db, id, owner, { stage: null, message: 'x' }),
  ];
  for (const write of writes) expect(await write()).toBe(false);
  expect(await getBuild(ctx, number)).toMatchObject({ state: 'running', attempt: 2, artifacts: [], failure: null });
  expect(await readLog(ctx, number, 0)).toEqual([]);
  expect(await finishBuild(db, id, 'two', RESULT)).toBe(true);
});

test('of two workers that finish one build, one publishes', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  const finished = await Promise.all([finishBuild(db, id, owner, RESULT), finishBuild(db, id, owner, RESULT), finishBuild(db, id, 'other', RESULT)]);
  expect(finished.filter(Boolean)).toHaveLength(1);
  expect((await getBuild(ctx, number)).artifacts).toHaveLength(RESULT.artifacts.length);
});

test('renewing says whether somebody asked to cancel', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  expect(await renewLease(db, id, owner)).toEqual({ cancelRequested: false });
  const before = (await db.select().from(build).where(eq(build.id, id)))[0]!.leaseUntil!;
  await cancelBuild(ctx, number);
  expect(await renewLease(db, id, owner)).toEqual({ cancelRequested: true });
  expect((await db.select().from(build).where(eq(build.id, id)))[0]!.leaseUntil!.getTime()).toBeGreaterThanOrEqual(before.getTime());
});

test('a stage has its times from its states', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await recordStage(db, id, owner, 'fetch', { state: 'running', bytesTotal: 6_000_000_000 });
  const running = await stage(number, 'fetch');
  expect(running).toMatchObject({ state: 'running', startedAt: expect.any(String), finishedAt: null, bytesTotal: 6_000_000_000 });
  await recordStage(db, id, owner, 'fetch', { bytesDone: 10 });
  await recordStage(db, id, owner, 'fetch', { state: 'done', sentence: 'Fetched 4\0 snaps.' });
  expect(await stage(number, 'fetch')).toMatchObject({ state: 'done', startedAt: running.startedAt, finishedAt: expect.any(String), bytesDone: 10, sentence: 'Fetched 4 snaps.' });
  expect(await recordStage(db, id, owner, 'fetch', {})).toBe(true);
});

test('publishing is one change: files, manifest, lock, state, audit row, and a job for each missing checksum', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await recordStage(db, id, owner, 'publish', { state: 'running' });
  expect(await finishBuild(db, id, owner, RESULT)).toBe(true);
  const [row] = await db.select().from(build).where(eq(build.id, id));
  expect(row).toMatchObject({ state: 'succeeded', manifest: { model: 'kiosk' }, lock: RESULT.lock, leaseOwner: null, production: false });
  expect(await stage(number, 'publish')).toMatchObject({ state: 'done', finishedAt: expect.any(String) });
  const raw = (await db.select().from(artifact).where(eq(artifact.buildId, id))).filter((file) => file.sha256 === null);
  const { rows } = await db.execute<{ data: unknown }>(sql`select data from pgboss.job where name = 'digest' and data ->> 'artifactId' = ${raw[0]!.id}`);
  expect([raw.length, rows.length]).toEqual([1, 1]);
  const [entry] = (await listAudit(ctx, { action: 'build.publish', limit: 1 })).items;
  expect(entry).toMatchObject({ sentence: `published build ${number}`, actor: { name: 'Build worker', email: null }, subject: { type: 'build', name: String(number) } });
});

test('publishes nothing when a blob is gone, or when a file cannot be kept', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await expect(finishBuild(db, id, owner, RESULT, async (blob) => (blob === digest('a') ? undefined : 1))).rejects.toMatchObject({ code: 'blob-lost' });
  await expect(finishBuild(db, id, owner, { ...RESULT, artifacts: [...RESULT.artifacts, RESULT.artifacts[0]!] })).rejects.toThrow();
  expect(await getBuild(ctx, number)).toMatchObject({ state: 'running', artifacts: [] });
  expect(await finishBuild(db, id, owner, RESULT, async () => 1)).toBe(true);
});

test('a cancel that came before publishing wins, and has the disk freed', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await cancelBuild(ctx, number);
  const result = { ...RESULT, artifacts: [{ ...RESULT.artifacts[0]!, blobs: [digest('8')] }] };
  expect(await finishBuild(db, id, owner, result)).toBe(false);
  expect((await db.execute(sql`select 1 from pgboss.job where name = 'sweep' and data = ${JSON.stringify({ blobs: [digest('8')] })}::jsonb`)).rows).toHaveLength(1);
  expect(await getBuild(ctx, number)).toMatchObject({ state: 'cancelled', artifacts: [] });
});

test('a worker that takes a build which was being cancelled has nothing to do', async () => {
  const { id, number } = await runningBuild(ctx);
  await cancelBuild(ctx, number);
  expect(await takeBuild(db, id, 'two')).toBeUndefined();
  expect((await getBuild(ctx, number)).state).toBe('cancelled');
});

test('cancelling ends the stage that ran and those that waited, not those that are done', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await recordStage(db, id, owner, 'verify-model', { state: 'done' });
  await recordStage(db, id, owner, 'resolve', { state: 'running' });
  expect(await markCancelled(db, id, owner)).toBe(true);
  const { stages, state } = await getBuild(ctx, number);
  expect(state).toBe('cancelled');
  expect(stages.slice(0, 3).map((s) => s.state)).toEqual(['done', 'cancelled', 'cancelled']);
});

test('a failure keeps its code, sentence and stage, and is in the log and the audit log', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await recordStage(db, id, owner, 'resolve', { state: 'running' });
  expect(await failBuild(db, id, owner, { code: 'snap-unknown', message: 'The store has no snap foo.', stage: 'resolve' })).toBe(true);
  const view = await getBuild(ctx, number);
  expect(view).toMatchObject({ state: 'failed', failure: { code: 'snap-unknown', message: 'The store has no snap foo.', stage: 'resolve' } });
  expect((await stage(number, 'resolve')).state).toBe('failed');
  expect((await stage(number, 'fetch')).state).toBe('waiting');
  expect((await readLog(ctx, number, 0)).map((l) => [l.level, l.text])).toEqual([['error', 'The store has no snap foo.']]);
  expect((await listAudit(ctx, { action: 'build.fail', limit: 1 })).items[0]).toMatchObject({ sentence: `failed build ${number}: The store has no snap foo.`, details: { code: 'snap-unknown', stage: 'resolve' } });
});

test('keeps a failure and a result whatever characters a store put into them', async () => {
  const [failing, finishing] = [await runningBuild(ctx), await runningBuild(ctx)];
  expect(await failBuild(db, failing.id, failing.owner, { code: 'x', message: 'bad \0\ud800 name', stage: null })).toBe(true);
  expect((await getBuild(ctx, failing.number)).failure!.message).toBe('bad \ufffd name');
  const odd = { ...RESULT, warnings: [{ code: 'other' as const, message: '\0' }], manifest: { 'a\0': ['\udc00'] }, snaps: [{ ...RESULT.snaps[0]!, version: '1\0' }] };
  expect(await finishBuild(db, finishing.id, finishing.owner, odd)).toBe(true);
  expect((await getBuild(ctx, finishing.number)).snaps[0]!.version).toBe('1');
});

test('a released build waits for its next attempt', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  await recordStage(db, id, owner, 'fetch', { state: 'running' });
  expect(await releaseBuild(db, id, owner, { stage: 'fetch', message: 'The store did not answer.' })).toBe(true);
  expect(await getBuild(ctx, number)).toMatchObject({ state: 'queued', attempt: 1, finishedAt: null });
  expect((await stage(number, 'fetch')).state).toBe('waiting');
  expect((await readLog(ctx, number, 0))[0]).toMatchObject({ level: 'warning', stage: 'fetch', text: 'The store did not answer. It will be tried again.' });
  expect((await takeBuild(db, id, 'next'))!.attempt).toBe(2);
});

test('a build that no worker finishes fails in the end, and one that is over stays as it is', async () => {
  const { id, number } = await runningBuild(ctx);
  expect(await abandonBuild(db, id)).toBe(true);
  expect(await getBuild(ctx, number)).toMatchObject({ state: 'failed', failure: { code: 'worker-lost', stage: null } });
  expect([await abandonBuild(db, id), await abandonBuild(db, NOBODY), await abandonBuild(db, 'nonsense')]).toEqual([false, false, false]);
});

test('a build fails when the second worker dies of it, and says what it was at', async () => {
  const { id, number } = await queueBuild(ctx);
  const dies = () => db.update(build).set({ leaseUntil: sql`now() - interval '1 second'` }).where(eq(build.id, id));
  await takeBuild(db, id, 'one');
  expect(await isSuspect(db, id)).toBe(false);
  await dies();
  expect(await isSuspect(db, id)).toBe(true);
  expect(await takeBuild(db, id, 'two')).toMatchObject({ attempt: 2 });
  expect(await isSuspect(db, id)).toBe(true);
  await recordStage(db, id, 'two', 'verify-snaps', { state: 'running', sentence: 'reading meta/snap.yaml of ui' });
  await dies();
  expect(await takeBuild(db, id, 'three')).toBeUndefined();
  const { state, failure } = await getBuild(ctx, number);
  expect([state, failure]).toEqual(['failed', { code: 'worker-killed', stage: 'verify-snaps', message: expect.stringMatching(/^2 workers died .* at the stage verify-snaps \(last it said: reading meta\/snap\.yaml of ui\)/) }]);
  expect(await takeBuild(db, id, 'four')).toBeUndefined();
});

test('a worker that was late, and one whose job went to another while it lived, did not die', async () => {
  const { id } = await queueBuild(ctx);
  for (const owner of ['busy/1', 'busy/2', 'busy/3']) {
    expect(await takeBuild(db, id, owner)).toBeDefined();
    await db.update(build).set({ leaseUntil: sql`now() - interval '1 minute'` }).where(eq(build.id, id));
  }
  expect(await takeBuild(db, id, 'busy/4')).toBeDefined();
  for (const owner of ['a/1', 'b/1', 'a/2', 'b/2']) expect(await takeBuild(db, id, owner)).toBeDefined();
});

test('a build that was given back killed nobody', async () => {
  const { id } = await queueBuild(ctx);
  for (let i = 0; i < 4; i += 1) {
    await takeBuild(db, id, `worker ${i}`);
    await releaseBuild(db, id, `worker ${i}`, { stage: null, message: 'The worker was stopped.' });
    expect(await isSuspect(db, id)).toBe(false);
  }
  expect(await takeBuild(db, id, 'last')).toMatchObject({ attempt: 5 });
});

test('a long line is cut, an empty list is no line', async () => {
  const { id, number, owner } = await runningBuild(ctx);
  expect(await appendLog(db, id, owner, [])).toBe(true);
  await appendLog(db, id, owner, [{ stage: null, level: 'info', text: 'x'.repeat(100_000) }]);
  expect((await readLog(ctx, number, 0)).map((l) => l.text.length)).toEqual([4000]);
});

test('the checksum of an image is filled in once', async () => {
  const { id, number } = await finishedBuild(ctx);
  const raw = (await db.select().from(artifact).where(eq(artifact.buildId, id))).find((file) => file.sha256 === null)!;
  expect(await findUndigested(db, raw.id)).toMatchObject({ fileName: 'kiosk.img', image: { form: 'raw', plan: RESULT.plans[0]!.plan } });
  expect(await setDigest(db, raw.id, digest('e'))).toBe(true);
  expect(await setDigest(db, raw.id, digest('f'))).toBe(false);
  expect((await getBuild(ctx, number)).artifacts[1]).toMatchObject({ fileName: 'kiosk.img', sha256: digest('e') });
  for (const none of [raw.id, NOBODY, 'nonsense']) expect(await findUndigested(db, none)).toBeUndefined();
});

test('sweeps a blob only when no live file of any build comes from it', async () => {
  const own = { ...RESULT, artifacts: [{ ...RESULT.artifacts[0]!, sha256: digest('1'), blobs: [digest('1'), digest('2')] }] };
  const first = await finishedBuild(ctx, 'kiosk', own);
  const second = await finishedBuild(ctx, 'kiosk', { ...own, artifacts: [{ ...own.artifacts[0]!, blobs: [digest('2')] }] });
  const gone: string[] = [];
  const sweep = () => sweepBlobs(db, [digest('1'), digest('2'), digest('2')], async (blob) => void gone.push(blob));
  expect(await sweep()).toEqual([]);
  await deleteArtifacts(ctx, first.number);
  expect(await sweep()).toEqual([digest('1')]);
  await deleteArtifacts(ctx, second.number);
  expect(await sweep()).toEqual([digest('1'), digest('2')]);
  expect(gone).toEqual([digest('1'), digest('1'), digest('2')]);
});

test('a build that publishes a blob waits for the sweep of it, and then hears that it is gone', async () => {
  const { id, owner } = await runningBuild(ctx);
  const result = { ...RESULT, artifacts: [{ ...RESULT.artifacts[0]!, blobs: [digest('9')] }] };
  const stored = new Set([digest('9')]);
  let publishing: Promise<boolean> | undefined;
  await sweepBlobs(db, [digest('9')], async (blob) => {
    publishing = finishBuild(db, id, owner, result, async (each) => (stored.has(each) ? 1 : undefined));
    publishing.catch(() => undefined);
    await waitsForLock();
    stored.delete(blob);
  });
  await expect(publishing).rejects.toMatchObject({ code: 'blob-lost' });
});

async function waitsForLock(): Promise<void> {
  for (;;) {
    const { rows } = await db.execute(sql`select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`);
    if (rows.length > 0) return;
  }
}
