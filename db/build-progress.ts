import { and, desc, eq, getTableColumns, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { ArtifactKind, BuildView, LogLine, SeededSnap } from '@/lib/api/builds';
import type { BuildLock } from '@/lib/build/lock';
import type { Stage, StageState } from '@/lib/build/states';
import { AppError } from '@/lib/errors';
import type { EvidenceFacts } from '@/lib/evidence/input';
import type { StoredPlan } from '@/lib/image/stored-plan';
import type { Warning } from '@/lib/warnings';
import { lockBlobs, noteSizes } from './blobs';
import type { BuildRow } from './build-rows';
import { machine, recordAudit } from './change';
import type { AuditEntry } from './change';
import type { Brand, Database } from './context';
import { notifyBuild } from './notify';
import { sendDigest, sendSweep } from './queue';
import { brand } from './schema/brands';
import { artifact, build, buildEvent, buildEvidence, buildStage, imagePlan } from './schema/builds';
import { signingKey } from './schema/keys';
import { model, signature } from './schema/models';
import { isUuid, storable, storableJson } from './text';

/**
 * Shorter than the queue's heartbeat: the lease of a worker that died has run out when its build is handed over after
 * ten seconds, and that of one which merely lost its job has not. The owner fences the writes.
 */
const LEASE_SECONDS = 8;
const leaseEnd = sql`now() + make_interval(secs => ${LEASE_SECONDS})`;

export type TakenBuild = {
  buildId: string;
  number: number;
  /** 1 the first time. */
  attempt: number;
  brand: Brand;
  requestedAt: Date;
  model: { name: string; revision: number; version: number; sha3_384: string; /** The signed assertion, byte for byte. */ text: string; /** The assertions that it is verified with. */ chain: string };
  production: boolean;
  /** Recorded by an earlier attempt: what it resolved to is built again. */
  lock: BuildLock | null;
};

/**
 * Makes `owner` the one who builds it; whoever had it before writes nothing from here on. `owner` is another for each attempt,
 * and begins with what names its process, up to a slash.
 * Undefined when there is nothing to do: the build is over, was cancelled, or does not exist.
 */
export async function takeBuild(db: Database, buildId: string, owner: string): Promise<TakenBuild | undefined> {
  if (!isUuid(buildId)) return undefined;
  return db.transaction(async (tx) => {
    const [before] = await tx
      .select({ ...getTableColumns(build), expired: sql<boolean>`coalesce(${build.leaseUntil} < now(), false)` })
      .from(build)
      .where(and(eq(build.id, buildId), inArray(build.state, ['queued', 'running'])))
      .for('update');
    if (!before) return undefined;
    if (before.cancelRequestedAt) {
      await end(tx, before, 'cancelled', { action: 'build.cancelled', sentence: `cancelled build ${before.number}`, subject: { type: 'build', name: String(before.number) } });
      return undefined;
    }
    const workerDeaths = before.workerDeaths + (isLeftByTheDead(before, owner) ? 1 : 0);
    if (workerDeaths >= MAX_WORKER_DEATHS) {
      await failAsDeadly(tx, { ...before, workerDeaths });
      return undefined;
    }
    const [row] = await tx
      .update(build)
      .set({ state: 'running', leaseOwner: owner, leaseUntil: leaseEnd, attempt: before.attempt + 1, workerDeaths, startedAt: sql`coalesce(${build.startedAt}, now())` })
      .where(eq(build.id, buildId))
      .returning();
    await resetStages(tx, buildId);
    await notifyBuild(tx, buildId);
    const [facts] = await tx
      .select({ model: model.name, signature, chain: signingKey.chain, brand: { id: brand.id, slug: brand.slug, name: brand.name, accountId: brand.accountId } })
      .from(signature)
      .innerJoin(model, eq(model.id, signature.modelId))
      .innerJoin(signingKey, eq(signingKey.id, signature.signingKeyId))
      .innerJoin(brand, eq(brand.id, signature.brandId))
      .where(eq(signature.id, row!.signatureId));
    const { revision, version, sha3384, text, production } = facts!.signature;
    return {
      buildId,
      number: row!.number,
      attempt: row!.attempt,
      brand: facts!.brand,
      requestedAt: row!.requestedAt,
      model: { name: facts!.model, revision, version, sha3_384: sha3384, text, chain: facts!.chain ?? '' },
      production,
      lock: row!.lock,
    };
  });
}

/** Whether a worker died while it had the build: it may be what kills. */
export async function isSuspect(db: Database, buildId: string): Promise<boolean> {
  if (!isUuid(buildId)) return false;
  const isSuspected = or(gt(build.workerDeaths, 0), lt(build.leaseUntil, sql`now()`));
  return (await db.$count(build, and(eq(build.id, buildId), isSuspected))) > 0;
}

const processOf = (owner: string): string => owner.split('/')[0]!;

/** Who gives a build back says so. One whose machine was busy for too long lets its lease run out too, but takes the build again itself. */
const isLeftByTheDead = ({ leaseOwner, expired }: BuildRow & { expired: boolean }, owner: string): boolean =>
  leaseOwner !== null && expired && processOf(leaseOwner) !== processOf(owner);

/** More than one death is no accident of the machine's. */
const MAX_WORKER_DEATHS = 2;

/** Fails a build whose workers die, with the step at which the last one did: other builds go on. */
async function failAsDeadly(tx: Database, row: BuildRow): Promise<void> {
  const [stage] = await tx
    .select({ name: buildStage.name, sentence: buildStage.sentence })
    .from(buildStage)
    .where(and(eq(buildStage.buildId, row.id), eq(buildStage.state, 'running')));
  const [line] = await tx
    .select({ text: buildEvent.text })
    .from(buildEvent)
    .where(eq(buildEvent.buildId, row.id))
    .orderBy(desc(buildEvent.id))
    .limit(1);
  const where = stage ? ` at the stage ${stage.name}` : '';
  const doing = stage?.sentence || line?.text;
  const message = `${row.workerDeaths} workers died while they built this, the last one${where}${doing ? ` (last it said: ${doing})` : ''}. Something in its snaps is more than a worker can read. Take out what the model got last, and look at the workers' logs.`;
  await tx.update(build).set({ workerDeaths: row.workerDeaths }).where(eq(build.id, row.id));
  await fail(tx, row, { code: 'worker-killed', message, stage: stage?.name ?? null });
  await notifyBuild(tx, row.id);
}

/** A stage that was not finished is begun again. */
const resetStages = (tx: Database, buildId: string) =>
  tx
    .update(buildStage)
    .set({ state: 'waiting', startedAt: null, finishedAt: null, bytesDone: 0, bytesTotal: null, sentence: '' })
    .where(and(eq(buildStage.buildId, buildId), sql`${buildStage.state} <> 'done'`));

/** Runs `write` while nobody else can take the build or end it; undefined, and nothing written, when it is not `owner`'s any more. */
async function whileHeld<T>(db: Database, buildId: string, owner: string, write: (tx: Database, row: BuildRow) => Promise<T>): Promise<T | undefined> {
  if (!isUuid(buildId)) return undefined;
  return db.transaction(async (tx) => {
    const [row] = await tx
      .select()
      .from(build)
      .where(and(eq(build.id, buildId), eq(build.leaseOwner, owner), eq(build.state, 'running')))
      .for('update');
    if (!row) return undefined;
    const result = await write(tx, row);
    await notifyBuild(tx, buildId);
    return result;
  });
}

/** Undefined: the build is another's, or over; stop. */
export async function renewLease(db: Database, buildId: string, owner: string): Promise<{ cancelRequested: boolean } | undefined> {
  const [row] = await db
    .update(build)
    .set({ leaseUntil: leaseEnd })
    .where(and(eq(build.id, buildId), eq(build.leaseOwner, owner), eq(build.state, 'running')))
    .returning({ cancelRequestedAt: build.cancelRequestedAt });
  return row && { cancelRequested: row.cancelRequestedAt !== null };
}

export type StagePatch = { state?: StageState; bytesDone?: number; bytesTotal?: number | null; sentence?: string };

/** Times are the database's: `running` starts the stage's clock, the states after it stop it. False: stop. */
export async function recordStage(db: Database, buildId: string, owner: string, stage: Stage, patch: StagePatch): Promise<boolean> {
  const { state, sentence, ...bytes } = patch;
  const times = state === undefined ? {} : state === 'running' ? { startedAt: sql`now()`, finishedAt: null } : state === 'waiting' ? { startedAt: null, finishedAt: null } : { startedAt: sql`coalesce(${buildStage.startedAt}, now())`, finishedAt: sql`now()` };
  const set = { ...bytes, ...times, ...(state ? { state } : {}), ...(sentence === undefined ? {} : { sentence: storable(sentence) }) };
  const held = await whileHeld(db, buildId, owner, async (tx) => {
    if (Object.keys(set).length > 0) await tx.update(buildStage).set(set).where(and(eq(buildStage.buildId, buildId), eq(buildStage.name, stage)));
    return true;
  });
  return held ?? false;
}

/** So that another attempt builds the very same. False: stop. */
export async function recordLock(db: Database, buildId: string, owner: string, lock: BuildLock): Promise<boolean> {
  const held = await whileHeld(db, buildId, owner, async (tx) => {
    await tx.update(build).set({ lock: storableJson(lock) }).where(eq(build.id, buildId));
    return true;
  });
  return held ?? false;
}

export type NewLogLine = Pick<LogLine, 'stage' | 'level' | 'text'>;
const LINE_LENGTH = 4000;

/** False: stop. */
export async function appendLog(db: Database, buildId: string, owner: string, lines: NewLogLine[]): Promise<boolean> {
  const held = await whileHeld(db, buildId, owner, async (tx, row) => {
    await insertLines(tx, row, lines);
    return true;
  });
  return held ?? false;
}

async function insertLines(tx: Database, row: Pick<BuildRow, 'id' | 'brandId'>, lines: NewLogLine[]): Promise<void> {
  if (lines.length === 0) return;
  // clock_timestamp: now() is the transaction's start, and a line must not be older than what it waited for.
  await tx.insert(buildEvent).values(lines.map(({ stage, level, text }) => ({ brandId: row.brandId, buildId: row.id, stage, level, text: storable(text).slice(0, LINE_LENGTH), at: sql`clock_timestamp()` })));
}

export type NewArtifact = { kind: ArtifactKind; /** See `VolumePlan`. */ volume?: string; fileName: string; sizeBytes: number; /** Null: computed later by a `digest` job. */ sha256: string | null; blobs: string[] };
/** Of an image that artifacts of the same volume are forms of. `volume` is empty where there is but one. */
export type VolumePlan = { volume: string; plan: StoredPlan };
export type BuildResult = { artifacts: NewArtifact[]; plans: VolumePlan[]; manifest: Record<string, unknown>; lock: BuildLock; snaps: SeededSnap[]; warnings: Warning[]; production: boolean; /** For the provenance, which follows the checksums. */ evidence: EvidenceFacts };

/**
 * Publishes, all at once. False, and nothing published, when the build is not `owner`'s any more or was cancelled meanwhile.
 * `sizeOf` is asked for each blob, in bytes, while no sweep can remove it; throws AppError `blob-lost` when one is gone: store it again.
 */
export async function finishBuild(db: Database, buildId: string, owner: string, result: BuildResult, sizeOf?: (sha3_384: string) => Promise<number | undefined>): Promise<boolean> {
  const finished = await whileHeld(db, buildId, owner, async (tx, row) => {
    const blobs = [...new Set(result.artifacts.flatMap((file) => file.blobs))];
    if (row.cancelRequestedAt) {
      await end(tx, row, 'cancelled', { action: 'build.cancelled', sentence: `cancelled build ${row.number}`, subject: { type: 'build', name: String(row.number) } });
      await sendSweep(tx, blobs);
      return false;
    }
    await lockBlobs(tx, blobs, 'use');
    const sizes = new Map<string, number>();
    for (const blob of sizeOf ? blobs : []) {
      const sizeBytes = await sizeOf!(blob);
      if (sizeBytes === undefined) throw new AppError('blob-lost', `The stored blob ${blob} was removed before build ${row.number} could publish it.`, { details: { blob } });
      sizes.set(blob, sizeBytes);
    }
    await noteSizes(tx, sizes);

    const files = await tx
      .insert(artifact)
      .values(result.artifacts.map((file) => ({ brandId: row.brandId, buildId, kind: file.kind, volume: file.volume, fileName: file.fileName, sizeBytes: file.sizeBytes, sha256: file.sha256, blobs: file.blobs })))
      .returning({ id: artifact.id, fileName: artifact.fileName, sha256: artifact.sha256 });
    await tx.insert(imagePlan).values(result.plans.map(({ volume, plan }) => ({ brandId: row.brandId, buildId, volume, plan })));
    await tx.insert(buildEvidence).values({ brandId: row.brandId, buildId, facts: storableJson(result.evidence) });
    for (const file of files) if (file.sha256 === null) await sendDigest(tx, file.id);
    const { lock, manifest, snaps, warnings, production } = result;
    await tx.update(build).set({ ...storableJson({ lock, manifest, snaps, warnings }), volumes: result.plans.map(({ volume }) => volume).filter(Boolean), production }).where(eq(build.id, buildId));
    await end(tx, row, 'succeeded', {
      action: 'build.publish',
      sentence: `published build ${row.number}`,
      subject: { type: 'build', name: String(row.number) },
      details: { files: files.map(({ fileName, sha256 }) => ({ fileName, sha256 })), attempt: row.attempt },
    });
    return true;
  });
  return finished ?? false;
}

/** False: it was not `owner`'s any more. */
export async function failBuild(db: Database, buildId: string, owner: string, failure: NonNullable<BuildView['failure']>): Promise<boolean> {
  return (await whileHeld(db, buildId, owner, (tx, row) => fail(tx, row, failure))) ?? false;
}

/** After the queue gave up on it: nobody will take it again. */
export async function abandonBuild(db: Database, buildId: string): Promise<boolean> {
  if (!isUuid(buildId)) return false;
  return db.transaction(async (tx) => {
    const [row] = await tx.select().from(build).where(and(eq(build.id, buildId), inArray(build.state, ['queued', 'running']))).for('update');
    if (!row) return false;
    const message = `The build was started ${row.attempt} times and no worker finished it. Look at the workers' logs, then build again.`;
    await fail(tx, row, { code: 'worker-lost', message, stage: null });
    await notifyBuild(tx, buildId);
    return true;
  });
}

async function fail(tx: Database, row: BuildRow, failure: NonNullable<BuildView['failure']>): Promise<true> {
  const told = storableJson(failure);
  await tx.update(build).set({ state: 'failed', failure: told, leaseOwner: null, leaseUntil: null, finishedAt: sql`now()` }).where(eq(build.id, row.id));
  await insertLines(tx, row, [{ stage: told.stage, level: 'error', text: told.message }]);
  await end(tx, row, 'failed', { action: 'build.fail', sentence: `failed build ${row.number}: ${told.message}`, subject: { type: 'build', name: String(row.number) }, details: { code: told.code, stage: told.stage } });
  return true;
}

/** A failure that may pass: the build waits for its next attempt. The caller throws afterwards, so that the queue hands it over again. False: it was not `owner`'s any more. */
export async function releaseBuild(db: Database, buildId: string, owner: string, why: { stage: Stage | null; message: string }): Promise<boolean> {
  const released = await whileHeld(db, buildId, owner, async (tx, row) => {
    await tx.update(build).set({ state: 'queued', leaseOwner: null, leaseUntil: null }).where(eq(build.id, buildId));
    await resetStages(tx, buildId);
    await insertLines(tx, row, [{ stage: why.stage, level: 'warning', text: `${why.message} It will be tried again.` }]);
    return true;
  });
  return released ?? false;
}

/** The worker has stopped at somebody's request. False: it was not `owner`'s any more. */
export async function markCancelled(db: Database, buildId: string, owner: string): Promise<boolean> {
  const cancelled = await whileHeld(db, buildId, owner, async (tx, row) => {
    await end(tx, row, 'cancelled', { action: 'build.cancelled', sentence: `cancelled build ${row.number}`, subject: { type: 'build', name: String(row.number) } });
    return true;
  });
  return cancelled ?? false;
}

const STAGE_ENDS = { succeeded: 'done', failed: 'failed', cancelled: 'cancelled' } as const;

/** The build's last change: its state, the stage it was in, the audit row. */
async function end(tx: Database, row: BuildRow, state: keyof typeof STAGE_ENDS, entry: AuditEntry): Promise<void> {
  await tx.update(build).set({ state, leaseOwner: null, leaseUntil: null, finishedAt: sql`now()` }).where(eq(build.id, row.id));
  await tx.update(buildStage).set({ state: STAGE_ENDS[state], finishedAt: sql`now()` }).where(and(eq(buildStage.buildId, row.id), eq(buildStage.state, 'running')));
  if (state === 'cancelled') await tx.update(buildStage).set({ state }).where(and(eq(buildStage.buildId, row.id), eq(buildStage.state, 'waiting'), isNull(buildStage.startedAt)));
  await recordAudit(tx, row.brandId, machine('Build worker'), entry);
  await notifyBuild(tx, row.id);
}
