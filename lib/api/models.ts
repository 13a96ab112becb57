import { z } from 'zod';
import { instant, personRef } from './common';
import { BUILD_STATES } from '../build/states';

/** A header value as snapd has it: string, list or map of the same. */
export type HeaderJson = string | HeaderJson[] | { [name: string]: HeaderJson };
export const headerJson: z.ZodType<HeaderJson> = z.lazy(() => z.union([z.string(), z.array(headerJson), z.record(z.string(), headerJson)]));
/** A model's headers as its author edits them: without type, series, authority-id, brand-id, revision, timestamp and sign-key-sha3-384, which Imprint sets. */
export const draftHeaders = z.record(z.string().max(200), headerJson);
export type DraftHeaders = z.infer<typeof draftHeaders>;

export const modelVersion = z.object({
  number: z.number().int().positive(),
  headers: draftHeaders,
  author: personRef,
  note: z.string(),
  createdAt: instant,
  restoredFrom: z.number().int().nullable(),
  /** Revision of the newest signature over this version. */
  signedRevision: z.number().int().nullable(),
});
export type ModelVersion = z.infer<typeof modelVersion>;

export const signature = z.object({
  /** The assertion's `revision` header. */
  revision: z.number().int().nonnegative(),
  version: z.number().int().positive(),
  keyName: z.string(),
  keyId: z.string(),
  /** The assertion's `timestamp` header. */
  timestamp: instant,
  signedAt: instant,
  signedBy: personRef,
  /** SHA3-384 of the encoded assertion, lower-case hexadecimal. */
  sha3_384: z.string(),
  production: z.boolean(),
});
export type Signature = z.infer<typeof signature>;

export const modelSummary = z.object({
  name: z.string(),
  displayName: z.string(),
  base: z.string(),
  architecture: z.string(),
  grade: z.string(),
  snaps: z.number().int(),
  latestVersion: z.number().int(),
  /** Newest signature, whichever version it is over. */
  signed: z.object({ revision: z.number().int(), version: z.number().int() }).nullable(),
  lastBuild: z.object({ number: z.number().int(), state: z.enum(BUILD_STATES), requestedAt: instant }).nullable(),
  updatedAt: instant,
  updatedBy: personRef,
});
export type ModelSummary = z.infer<typeof modelSummary>;

export const modelDetail = modelSummary.extend({ latest: modelVersion, signatures: z.array(signature) });
export type ModelDetail = z.infer<typeof modelDetail>;

export const modelName = z
  .string()
  .min(1, 'Give the model a name.')
  .max(128, 'Use at most 128 characters.')
  .regex(/^[a-z0-9](?:-?[a-z0-9])*$/, 'Use lower-case letters, digits and single hyphens between them.')
  .refine((name) => name !== 'new', 'The console needs this name for itself. Choose another.');

export const createModelRequest = z.object({
  template: z.string().max(64),
  name: modelName,
  displayName: z.string().max(200).default(''),
  grade: z.enum(['dangerous', 'signed', 'secured']).default('dangerous'),
});
export type CreateModelRequest = z.infer<typeof createModelRequest>;

export const saveVersionRequest = z.object({
  /** The version the author started from; refused as `stale` when a newer one exists. */
  baseVersion: z.number().int().positive(),
  headers: draftHeaders,
  note: z.string().max(500).default(''),
  restoredFrom: z.number().int().positive().optional(),
});
export type SaveVersionRequest = z.infer<typeof saveVersionRequest>;

/** Without `key` the newest registered key signs. */
export const signRequest = z.object({ version: z.number().int().positive(), key: z.string().max(64).optional() });
export type SignRequest = z.infer<typeof signRequest>;
