import { z } from 'zod';
import { instant, listQuery, personRef, sha256, sizeBytes } from './common';
import { imagesKept } from './retention';
import type { ImageForm } from '../image/forms';
import { WARNING_CODES } from '../warnings';
import { BUILD_STATES, STAGES, STAGE_STATES } from '../build/states';

/** In the order of their importance: the image first. */
export const ARTIFACT_KINDS = ['image-zst', 'image-raw', 'image-xz', 'image-gz', 'image-qcow2', 'bmap', 'provenance', 'checksums', 'build-key', 'lock', 'manifest', 'seed-manifest', 'spdx', 'cyclonedx', 'model', 'assertions', 'log'] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

export const MEDIA_TYPES: Record<ArtifactKind, string> = {
  'image-zst': 'application/zstd',
  'image-raw': 'application/octet-stream',
  'image-xz': 'application/x-xz',
  'image-gz': 'application/gzip',
  'image-qcow2': 'application/x-qemu-disk',
  bmap: 'application/xml',
  provenance: 'application/vnd.in-toto.provenance+dsse',
  checksums: 'text/plain',
  'build-key': 'application/x-pem-file',
  lock: 'application/json',
  manifest: 'application/json',
  'seed-manifest': 'text/plain',
  spdx: 'application/spdx+json',
  cyclonedx: 'application/vnd.cyclonedx+json',
  model: 'application/x.ubuntu.assertion',
  assertions: 'application/x.ubuntu.assertion',
  log: 'text/plain',
};

/** Those that are the build's image, each in a form of its own. */
export const IMAGE_KINDS: Partial<Record<ArtifactKind, ImageForm>> = { 'image-zst': 'zst', 'image-raw': 'raw', 'image-xz': 'xz', 'image-gz': 'gz', 'image-qcow2': 'qcow2' };

/** What there is of each disk. */
export const DISK_KINDS: readonly ArtifactKind[] = [...(Object.keys(IMAGE_KINDS) as ArtifactKind[]), 'bmap'];

export const artifactView = z.object({
  kind: z.enum(ARTIFACT_KINDS),
  /** The volume of the gadget that it is the disk of, in a build of several; empty otherwise. */
  volume: z.string(),
  fileName: z.string(),
  sizeBytes,
  /** Null while it is being computed. */
  sha256: sha256.nullable(),
  deleted: z.boolean(),
});
export type ArtifactView = z.infer<typeof artifactView>;

export const seededSnap = z.object({
  name: z.string(),
  snapId: z.string(),
  type: z.string(),
  revision: z.number().int(),
  version: z.string(),
  channel: z.string(),
  publisher: z.string(),
  sizeBytes,
  /** Lower-case hexadecimal. */
  sha3_384: z.string(),
});
export type SeededSnap = z.infer<typeof seededSnap>;

/** `code` is stable; docs/cli.md says what each means. */
export const imageWarning = z.object({ code: z.enum(WARNING_CODES), message: z.string() });

export const stageView = z.object({
  name: z.enum(STAGES),
  state: z.enum(STAGE_STATES),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  bytesDone: sizeBytes,
  bytesTotal: sizeBytes.nullable(),
  /** What happened, in plain words: "Fetched 4 snaps, 34 MB; 1 was in the cache." */
  sentence: z.string(),
});
export type StageView = z.infer<typeof stageView>;

export const buildSummary = z.object({
  number: z.number().int().positive(),
  model: z.string(),
  modelDisplayName: z.string(),
  /** Revision of the signed assertion it was built from, and the version that was signed. */
  revision: z.number().int(),
  version: z.number().int(),
  state: z.enum(BUILD_STATES),
  cancelRequested: z.boolean(),
  requestedAt: instant,
  requestedBy: personRef,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  stages: z.array(stageView),
  /** Bytes of the `.img.zst`, of all volumes together; null until there is one. */
  imageBytes: sizeBytes.nullable(),
  /** False: built on the embedded root, never for devices in the field. */
  production: z.boolean(),
});
export type BuildSummary = z.infer<typeof buildSummary>;

/** computing: waits for the checksum of every form of the image · ready: provenance and checksums are there · lost: an image was deleted before its checksum was known · none: there is no image, or it was built before there was any. */
export const PROOF_STATES = ['none', 'computing', 'ready', 'lost'] as const;
export type ProofState = (typeof PROOF_STATES)[number];

/** What can be signed only once every checksum is known; `keyId` is the build key's that signed it. */
export const proofView = z.object({ state: z.enum(PROOF_STATES), keyId: sha256.nullable() });
export type ProofView = z.infer<typeof proofView>;

export const buildView = buildSummary.extend({
  attempt: z.number().int(),
  failure: z.object({ code: z.string(), message: z.string(), stage: z.enum(STAGES).nullable() }).nullable(),
  /** Places before it in the queue; null when it does not wait. */
  queueAhead: z.number().int().nullable(),
  /** The disks first: of several volumes that of the system, then in order, and then what is about all of them. */
  artifacts: z.array(artifactView),
  proof: proofView,
  snaps: z.array(seededSnap),
  warnings: z.array(imageWarning),
  /** How long its images stay; null for a build that has none. */
  imagesKept: imagesKept.nullable(),
});
export type BuildView = z.infer<typeof buildView>;

export const buildsQuery = listQuery.extend({
  model: z.string().max(128).optional(),
  state: z.enum(BUILD_STATES).optional(),
});

/** Without `revision` the newest signature is built. */
export const buildRequest = z.strictObject({ model: z.string().max(128), revision: z.number().int().nonnegative().optional() });
export type BuildRequest = z.infer<typeof buildRequest>;

export const logLine = z.object({
  id: z.number().int(),
  at: instant,
  stage: z.enum(STAGES).nullable(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLine>;

/** Lines with a greater id than `after`. */
export const logQuery = z.strictObject({ after: z.coerce.number().int().nonnegative().default(0) });

/**
 * The build's event stream. `build` carries the whole view and replaces what was there; `log` adds a line.
 * The id of every event is that of the newest log line sent, so that a reconnect (Last-Event-ID, or `?after=`) misses none.
 */
export type BuildEvent = { event: 'build'; data: BuildView } | { event: 'log'; data: LogLine };
