import { sql } from 'drizzle-orm';
import { bigint, bigserial, boolean, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { ARTIFACT_KINDS, DISK_KINDS } from '@/lib/api/builds';
import type { BuildView, SeededSnap } from '@/lib/api/builds';
import type { BuildLock } from '@/lib/build/lock';
import type { EvidenceFacts } from '@/lib/evidence/input';
import type { Packing } from '@/lib/image/packing';
import type { StoredPlan } from '@/lib/image/stored-plan';
import { GONE_BECAUSE } from '@/lib/build/retention';
import type { Warning } from '@/lib/warnings';
import { BUILD_STATES, STAGES, STAGE_STATES } from '@/lib/build/states';
import { brand } from './brands';
import { bytesColumn, instantColumn, quoted } from './columns';
import { buildKey } from './keys';
import { model, signature } from './models';
import { person } from './people';

export const build = pgTable(
  'build',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull().references(() => brand.id),
    /** Counted by brand, from 1. */
    number: integer('number').notNull(),
    modelId: uuid('model_id').notNull(),
    signatureId: uuid('signature_id').notNull(),
    state: text('state', { enum: BUILD_STATES }).notNull().default('queued'),
    requestedAt: instantColumn('requested_at').notNull().defaultNow(),
    requestedBy: uuid('requested_by').notNull().references(() => person.id),
    /** Who builds it now: every progress and finish write names its owner, so that one who lost the lease writes nothing. */
    leaseOwner: text('lease_owner'),
    leaseUntil: instantColumn('lease_until'),
    attempt: integer('attempt').notNull().default(0),
    /** How often a worker ended while it had the build, without a word. */
    workerDeaths: integer('worker_deaths').notNull().default(0),
    startedAt: instantColumn('started_at'),
    finishedAt: instantColumn('finished_at'),
    cancelRequestedAt: instantColumn('cancel_requested_at'),
    failure: jsonb('failure').$type<NonNullable<BuildView['failure']>>(),
    lock: jsonb('lock').$type<BuildLock>(),
    manifest: jsonb('manifest').$type<Record<string, unknown>>(),
    /** Of the gadget, where it has several that are written, an image each: that of the system first. */
    volumes: text('volumes').array().notNull().default(sql`'{}'`),
    snaps: jsonb('snaps').$type<SeededSnap[]>().notNull().default([]),
    warnings: jsonb('warnings').$type<Warning[]>().notNull().default([]),
    production: boolean('production').notNull(),
    /** Somebody wants the images kept until they say otherwise. */
    imagesPinnedAt: instantColumn('images_pinned_at'),
    imagesPinnedBy: uuid('images_pinned_by').references(() => person.id),
    /** Somebody wants them kept this long at least. */
    imagesKeptUntil: instantColumn('images_kept_until'),
  },
  (t) => [
    foreignKey({ name: 'build_model', columns: [t.brandId, t.modelId], foreignColumns: [model.brandId, model.id] }),
    foreignKey({ name: 'build_signature', columns: [t.brandId, t.modelId, t.signatureId], foreignColumns: [signature.brandId, signature.modelId, signature.id] }),
    unique('build_brand_id').on(t.brandId, t.id),
    unique('build_number').on(t.brandId, t.number),
    index('build_of_model').on(t.modelId, t.number.desc()),
    index('build_waiting').on(t.requestedAt, t.id).where(sql`${t.state} = 'queued'`),
    check('build_state', sql`${t.state} in (${sql.raw(quoted(BUILD_STATES))})`),
    check('build_lease', sql`(${t.state} = 'running') = (${t.leaseOwner} is not null and ${t.leaseUntil} is not null)`),
    check('build_failed', sql`(${t.state} = 'failed') = (${t.failure} is not null)`),
    check('build_finished', sql`(${t.state} in ('succeeded', 'failed', 'cancelled')) = (${t.finishedAt} is not null)`),
    check('build_images_pinned', sql`(${t.imagesPinnedAt} is null) = (${t.imagesPinnedBy} is null)`),
  ],
);

export const buildStage = pgTable(
  'build_stage',
  {
    brandId: uuid('brand_id').notNull(),
    buildId: uuid('build_id').notNull(),
    name: text('name', { enum: STAGES }).notNull(),
    state: text('state', { enum: STAGE_STATES }).notNull().default('waiting'),
    startedAt: instantColumn('started_at'),
    finishedAt: instantColumn('finished_at'),
    bytesDone: bytesColumn('bytes_done').notNull().default(0),
    bytesTotal: bytesColumn('bytes_total'),
    sentence: text('sentence').notNull().default(''),
  },
  (t) => [
    primaryKey({ columns: [t.buildId, t.name] }),
    foreignKey({ name: 'build_stage_build', columns: [t.brandId, t.buildId], foreignColumns: [build.brandId, build.id] }),
    check('build_stage_name', sql`${t.name} in (${sql.raw(quoted(STAGES))})`),
    check('build_stage_state', sql`${t.state} in (${sql.raw(quoted(STAGE_STATES))})`),
    check('build_stage_bytes', sql`${t.bytesDone} >= 0 and ${t.bytesTotal} >= 0`),
  ],
);

export const LOG_LEVELS = ['info', 'warning', 'error'] as const;

/** Log lines: the id only grows within a build, so that a reader who asks for what follows the last one misses none. */
export const buildEvent = pgTable(
  'build_event',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    brandId: uuid('brand_id').notNull(),
    buildId: uuid('build_id').notNull(),
    at: instantColumn('at').notNull().defaultNow(),
    stage: text('stage', { enum: STAGES }),
    level: text('level', { enum: LOG_LEVELS }).notNull(),
    text: text('text').notNull(),
  },
  (t) => [
    foreignKey({ name: 'build_event_build', columns: [t.brandId, t.buildId], foreignColumns: [build.brandId, build.id] }),
    index('build_event_of_build').on(t.buildId, t.id),
    check('build_event_stage', sql`${t.stage} in (${sql.raw(quoted(STAGES))})`),
    check('build_event_level', sql`${t.level} in (${sql.raw(quoted(LOG_LEVELS))})`),
  ],
);

/** Where each byte of a build's image comes from: all that is kept of an image but the blobs themselves. */
export const imagePlan = pgTable(
  'image_plan',
  {
    brandId: uuid('brand_id').notNull(),
    buildId: uuid('build_id').notNull(),
    /** Empty in a build that has but one image. */
    volume: text('volume').notNull().default(''),
    plan: jsonb('plan').$type<StoredPlan>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.buildId, t.volume] }),
    foreignKey({ name: 'image_plan_build', columns: [t.brandId, t.buildId], foreignColumns: [build.brandId, build.id] }),
  ],
);

/** Blobs that a build looked for or stored: none of them is removed before the build is over, however long that takes. */
export const blobHold = pgTable(
  'blob_hold',
  {
    brandId: uuid('brand_id').notNull(),
    buildId: uuid('build_id').notNull(),
    sha3384: text('sha3_384').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.sha3384, t.buildId] }),
    foreignKey({ name: 'blob_hold_build', columns: [t.brandId, t.buildId], foreignColumns: [build.brandId, build.id] }),
    index('blob_hold_of_build').on(t.buildId),
  ],
);

/** How large a stored blob is: of the bytes alone, and so nobody's in particular. */
export const blobSize = pgTable('blob_size', { sha3384: text('sha3_384').primaryKey(), sizeBytes: bytesColumn('size_bytes').notNull() });

/** What a build's provenance is made of, kept until the checksums are there, and the key that signed it then. */
export const buildEvidence = pgTable(
  'build_evidence',
  {
    brandId: uuid('brand_id').notNull(),
    buildId: uuid('build_id').primaryKey(),
    facts: jsonb('facts').$type<EvidenceFacts>().notNull(),
    buildKeyId: uuid('build_key_id'),
    provenAt: instantColumn('proven_at'),
  },
  (t) => [
    foreignKey({ name: 'build_evidence_build', columns: [t.brandId, t.buildId], foreignColumns: [build.brandId, build.id] }),
    foreignKey({ name: 'build_evidence_key', columns: [t.brandId, t.buildKeyId], foreignColumns: [buildKey.brandId, buildKey.id] }),
    index('build_evidence_of_key').on(t.buildKeyId, t.provenAt.desc()),
    check('build_evidence_proven', sql`(${t.buildKeyId} is null) = (${t.provenAt} is null)`),
  ],
);

/** Checksums of a stored blob: of the bytes alone, and so nobody's in particular. */
export const blobCheck = pgTable('blob_check', {
  sha3384: text('sha3_384').primaryKey(),
  crc32: bigint('crc32', { mode: 'number' }).notNull(),
  /** SHA-256 of the bytes, filled up with zeros to whole blocks of 4 KiB. */
  sha256Padded: text('sha256_padded').notNull(),
});

/** Where ranges of a stored blob lie compressed; none when nothing of it shrinks. What is compressed may be gone from the store: it is kept as long as an artifact comes from it. */
export const blobPacking = pgTable('blob_packing', {
  sha3384: text('sha3_384').primaryKey(),
  ranges: jsonb('ranges').$type<Packing>().notNull(),
});

export const artifact = pgTable(
  'artifact',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull(),
    buildId: uuid('build_id').notNull(),
    kind: text('kind', { enum: ARTIFACT_KINDS }).notNull(),
    /** That it is the disk of; empty in a build that has but one image, and of what is about all of them. */
    volume: text('volume').notNull().default(''),
    fileName: text('file_name').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    /** Of the bytes that are downloaded; null while it is being computed. */
    sha256: text('sha256'),
    /** SHA3-384 of the stored blobs that the bytes come from. */
    blobs: text('blobs').array().notNull(),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    deletedAt: instantColumn('deleted_at'),
    /** Whether somebody asked for it or its time had come. */
    deletedBecause: text('deleted_because', { enum: GONE_BECAUSE }),
  },
  (t) => [
    foreignKey({ name: 'artifact_build', columns: [t.brandId, t.buildId], foreignColumns: [build.brandId, build.id] }),
    unique('artifact_file_name').on(t.buildId, t.fileName),
    index('artifact_live_blobs').using('gin', t.blobs).where(sql`${t.deletedAt} is null`),
    check('artifact_kind', sql`${t.kind} in (${sql.raw(quoted(ARTIFACT_KINDS))})`),
    check('artifact_volume', sql`${t.volume} = '' or ${t.kind} in (${sql.raw(quoted(DISK_KINDS))})`),
    check('artifact_size', sql`${t.sizeBytes} >= 0`),
    check('artifact_sha256', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
    check('artifact_deleted', sql`(${t.deletedAt} is null) = (${t.deletedBecause} is null)`),
    check('artifact_deleted_because', sql`${t.deletedBecause} in (${sql.raw(quoted(GONE_BECAUSE))})`),
    check('artifact_blobs', sql`cardinality(${t.blobs}) > 0`),
  ],
);
