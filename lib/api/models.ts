import { z } from 'zod';
import { instant, personRef, problem } from './common';
import { BUILD_STATES } from '../build/states';

/** A header value as snapd has it: string, list or map of the same. */
export type HeaderJson = string | HeaderJson[] | { [name: string]: HeaderJson };
export const headerJson: z.ZodType<HeaderJson> = z.lazy(() =>
  z.union([z.string(), z.array(headerJson), z.record(z.string(), headerJson)], {
    error: 'A header is a text, a list or a map of the same.',
  }),
);
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

/** `chain=1` adds the account-key and the account. */
export const assertionQuery = z.strictObject({ chain: z.enum(['0', '1']).default('0') });

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

export const modelDetail = modelSummary.extend({
  latest: modelVersion,
  signatures: z.array(signature),
  /** What the next signature gets; those that were asked for outside are counted. */
  nextRevision: z.number().int().positive(),
});
export type ModelDetail = z.infer<typeof modelDetail>;

export const modelName = z
  .string()
  .min(1, 'Give the model a name.')
  .max(128, 'Use at most 128 characters.')
  .regex(/^[a-z0-9](?:-?[a-z0-9])*$/, 'Use lower-case letters, digits and single hyphens between them.')
  .refine((name) => name !== 'new', 'The console needs this name for itself. Choose another.');

export const createModelRequest = z.strictObject({
  template: z.string().max(64),
  name: modelName,
  displayName: z.string().max(200).default(''),
  grade: z.enum(['dangerous', 'signed', 'secured']).default('dangerous'),
});
export type CreateModelRequest = z.infer<typeof createModelRequest>;

/** A model that stands somewhere else already, as reading it gave its headers. */
export const importModelRequest = z.strictObject({ name: modelName, headers: draftHeaders, note: z.string().max(500).default('') });
export type ImportModelRequest = z.infer<typeof importModelRequest>;

export const newModelRequest = z.union([importModelRequest, createModelRequest], {
  error: 'A new model needs a name, and either a template or headers of texts, lists and maps.',
});

/** JSON as `snap sign` takes it, a signed model, or a model with its account-key and account. */
export const readModelRequest = z.strictObject({ text: z.string().min(1, 'Choose a file or paste its text.').max(512 * 1024, 'A model has less than 512 KiB.') });

export const readModelView = z.object({
  kind: z.enum(['json', 'assertion', 'chain']),
  /** Its `model` header; empty when there is none. */
  name: z.string(),
  headers: draftHeaders,
  /** Headers that are left out, because Imprint sets them itself. */
  dropped: z.array(z.object({ name: z.string(), value: z.string() })),
  /** What its author should know, and what is wrong with it as a model of this brand. */
  problems: z.array(problem),
  /** What the signature proves. `none`: there is no signature. */
  proof: z.object({
    verdict: z.enum(['none', 'proven', 'unproven', 'broken']),
    sentence: z.string(),
    signKeyId: z.string().nullable(),
    production: z.boolean(),
    /** The other assertions of a chain, as they came, and why one does not hold. */
    links: z.array(z.object({ what: z.string(), holds: z.boolean(), reason: z.string().nullable() })),
  }),
});
export type ReadModelView = z.infer<typeof readModelView>;

export const saveVersionRequest = z.strictObject({
  /** The version the author started from; refused as `stale` when a newer one exists. */
  baseVersion: z.number().int().positive(),
  headers: draftHeaders,
  note: z.string().max(500).default(''),
  restoredFrom: z.number().int().positive().optional(),
});
export type SaveVersionRequest = z.infer<typeof saveVersionRequest>;

/** Without `key` the newest registered key signs. */
export const signRequest = z.strictObject({ version: z.number().int().positive(), key: z.string().max(64).optional() });
export type SignRequest = z.infer<typeof signRequest>;

/** What is to be signed outside Imprint, as `snap sign` takes it. */
export const signingRequestView = z.object({
  id: z.uuid(),
  model: z.string(),
  version: z.number().int().positive(),
  revision: z.number().int().positive(),
  keyName: z.string(),
  keyId: z.string(),
  /** The assertion's `timestamp` header, inside the key's validity. */
  timestamp: instant,
  /** The JSON to sign, exactly. */
  json: z.string(),
  createdAt: instant,
  createdBy: personRef,
});
export type SigningRequestView = z.infer<typeof signingRequestView>;

export const askSignatureRequest = z.strictObject({ version: z.number().int().positive(), key: z.string().max(64) });
export type AskSignatureRequest = z.infer<typeof askSignatureRequest>;

/** What `snap sign` printed, with or without `--chain`. */
export const answerSignatureRequest = z.strictObject({ text: z.string().min(1, 'Paste what snap sign printed.').max(512 * 1024, 'A model has less than 512 KiB.') });
