import { z } from 'zod';
import { AppError } from '../errors';
import type { Checksum } from './checksums';
import { differenceFromLock, readJson } from './listed';
import type { ListedSnap, LockFacts } from './listed';
import { ASSERTION_MEDIA_TYPE, BUILD_TYPE, PROVENANCE_TYPE, STATEMENT_TYPE } from './provenance';

const digest = z.record(z.string(), z.string());
const resource = z.object({
  name: z.string().optional(),
  uri: z.string().optional(),
  digest: digest.optional(),
  mediaType: z.string().optional(),
  annotations: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
type ReadResource = z.infer<typeof resource>;

const statementShape = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })),
  predicateType: z.literal(PROVENANCE_TYPE),
  predicate: z.object({
    buildDefinition: z.object({
      buildType: z.literal(BUILD_TYPE),
      externalParameters: z.object({ model: z.object({ brandId: z.string(), name: z.string(), revision: z.number(), sha3_384: z.string(), signKeyId: z.string() }) }),
      resolvedDependencies: z.array(resource),
    }),
    runDetails: z.object({ builder: z.object({ id: z.string(), version: z.record(z.string(), z.string()).optional() }), byproducts: z.array(resource).default([]) }),
  }),
});

/** A statement as it is read: fields that nothing is held against are left out. */
export type ReadStatement = z.infer<typeof statementShape>;

/** Throws AppError `evidence-malformed` for anything but the provenance of an image. */
export const parseStatement = (text: string): ReadStatement => readJson(text, statementShape, 'provenance of an image');

/**
 * The first way in which the signed statement and the list of checksums do not say the same about the same files, as a sentence; undefined when they do.
 * The envelope itself (`envelopeName`) cannot be in the statement, and may be in the list.
 */
export function checksumDifference(checksums: readonly Checksum[], { subject, predicate }: ReadStatement, envelopeName: string): string | undefined {
  const signed = new Map<string, string | undefined>();
  for (const { name, digest: of } of [...subject, ...predicate.runDetails.byproducts]) {
    if (name === undefined || signed.has(name)) return name === undefined ? 'it speaks of a file without a name' : `it speaks of ${name} twice`;
    signed.set(name, of?.['sha256']);
  }
  if (subject.length === 0) return 'it speaks of no image';
  for (const { fileName, sha256 } of checksums) {
    if (fileName === envelopeName) continue;
    if (!signed.has(fileName)) return `it does not speak of ${fileName}, which the checksums list`;
    if (signed.get(fileName) !== sha256) return `its SHA-256 of ${fileName} is not the one in the checksums`;
    signed.delete(fileName);
  }
  const [left] = signed.keys();
  return left === undefined ? undefined : `it speaks of ${left}, which the checksums do not list`;
}

/** Of the model's text and headers. */
export type ModelFacts = { brandId: string; name: string; revision: number; signKeyId: string; sha256: string; sha3_384: string };

/** The first way in which a model is not the one that the statement names; undefined when it is. */
export function modelDifference(model: ModelFacts, statement: ReadStatement): string | undefined {
  const named = statement.predicate.buildDefinition.externalParameters.model;
  for (const [field, words] of [['brandId', 'brand'], ['name', 'name'], ['revision', 'revision'], ['signKeyId', 'signing key'], ['sha3_384', 'SHA3-384']] as const) {
    if (model[field] !== named[field]) return `its ${words} is ${model[field]}, and the provenance names ${named[field]}`;
  }
  const resolved = dependencies(statement).find(({ uri = '', mediaType }) => mediaType === ASSERTION_MEDIA_TYPE && uri.startsWith('assertion:model/'));
  if (resolved?.digest?.['sha3_384'] !== model.sha3_384 || resolved.digest['sha256'] !== model.sha256) return 'its digests are not those of the model among what the provenance was made of';
  return undefined;
}

/** The first way in which the statement is not about an image of this lock; undefined when it is. */
export function lockDifference(statement: ReadStatement, lock: LockFacts): string | undefined {
  const named = statement.predicate.buildDefinition.externalParameters.model;
  const { brandId, model, revision, sha3_384 } = lock.model;
  if (named.brandId !== brandId || named.name !== model || named.revision !== revision || named.sha3_384 !== sha3_384) return `it names the model ${named.brandId}/${named.name}, revision ${named.revision}, and the lock ${brandId}/${model}, revision ${revision}, or their digests differ`;
  return differenceFromLock(statementSnaps(statement), lock);
}

/** The snaps that an image was made of. Throws AppError `evidence-malformed` where one has no name, revision or digest. */
export function statementSnaps(statement: ReadStatement): ListedSnap[] {
  return dependencies(statement)
    .filter(({ uri = '' }) => uri.startsWith('snap:'))
    .map(({ name, digest: of, annotations = {} }) => {
      const [revision, snapId, sha3_384] = [annotations['revision'], annotations['snapId'], of?.['sha3_384']];
      if (name === undefined || revision === undefined || sha3_384 === undefined) throw new AppError('evidence-malformed', `The provenance tells not enough of ${name ?? 'a snap'}: name, revision and SHA3-384 are wanted.`);
      return { name, ...(snapId !== undefined && { snapId: String(snapId) }), revision: String(revision), sha3_384 };
    });
}

const dependencies = ({ predicate }: ReadStatement): ReadResource[] => predicate.buildDefinition.resolvedDependencies;
