import { createHash } from 'node:crypto';
import { encodeAssertion, encodeStream } from '../assertion/encode';
import { canonicalJson } from '../build/lock';
import { fromUtf8, toHex } from '../bytes';
import type { EvidenceInput } from '../evidence/input';
import type { WrittenFile } from '../evidence/write-evidence';
import { isTimeless } from '../warnings';
import type { PreparedImage } from './prepare-image';

/** Who made an image, and when. */
export type Maker = Pick<EvidenceInput, 'product' | 'builderId' | 'brand' | 'buildNumber' | 'images' | 'sideFiles' | 'startedOn' | 'finishedOn'>;

export const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const sha3Hex = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

/** All that is told about a prepared image. */
export function evidenceOf({ verified, snaps, lock }: PreparedImage, maker: Maker): EvidenceInput {
  const { model, assertion, validationSets } = verified;
  const bytes = encodeAssertion(assertion);
  return {
    ...maker,
    model: { name: model.name, revision: model.revision, brandId: model.brandId, architecture: model.architecture, base: model.base, grade: model.grade, sha3_384: sha3Hex(bytes), sha256: toHex(sha256(bytes)), signKeyId: assertion.signKeyId },
    lock,
    snaps: [...snaps.fromModel, ...snaps.extras].map(({ found, channel, publisher }) => ({
      name: found.name,
      snapId: found.snapId,
      revision: found.revision < 0 ? undefined : found.revision,
      version: found.facts.version,
      type: found.facts.type,
      sha3_384: found.sha3_384,
      sizeBytes: found.sizeBytes,
      channel,
      publisher: found.snapId === undefined ? undefined : { accountId: publisher.id, displayName: publisher.displayName },
      license: found.facts.license,
      base: found.facts.base,
      components: found.components.map(({ name, revision, sha3_384, sizeBytes }) => ({ name, revision: revision < 0 ? undefined : revision, sha3_384, sizeBytes })),
    })),
    validationSets: validationSets.map(({ headers }) => {
      const [accountId, name] = [String(headers['account-id']), String(headers['name'])];
      const pinned = model.validationSets.some((set) => set.accountId === accountId && set.name === name && set.sequence !== undefined);
      return { accountId, name, sequence: Number(headers['sequence']), pinned, snaps: fixedBy(headers['snaps']) };
    }),
    epoch: lock.epoch,
  };
}

/** Names of the snaps whose revision a validation set fixes. */
const fixedBy = (entries: unknown): string[] => (Array.isArray(entries) ? (entries as Record<string, unknown>[]) : []).flatMap(({ name, revision, presence }) => (revision !== undefined && presence !== 'invalid' ? [String(name)] : []));

/** What is in the image and whose word it rests on, for whoever holds the image later. */
export function describeImage({ verified, snaps, lock, warnings, images }: PreparedImage): Record<string, unknown> {
  const { model, assertion } = verified;
  return {
    format: 1,
    model: { brandId: model.brandId, name: model.name, displayName: model.displayName, revision: model.revision, architecture: model.architecture, base: model.base, grade: model.grade, timestamp: model.timestamp, sha3_384: lock.model.sha3_384 },
    key: { id: assertion.signKeyId },
    validForProduction: verified.production,
    // The same whenever it is made.
    warnings: warnings.filter(isTimeless),
    image: { sizeBytes: images[0]?.plan.sizeBytes ?? 0 },
    ...(images.length > 1 && { volumes: images.map(({ volume, plan }) => ({ name: volume, sizeBytes: plan.sizeBytes })) }),
    snaps: [...snaps.fromModel, ...snaps.extras].map(({ found, channel, publisher }) => ({
      name: found.name,
      snapId: found.snapId ?? '',
      type: found.facts.type,
      revision: found.revision,
      version: found.facts.version,
      channel,
      publisher: publisher.displayName,
      sizeBytes: found.sizeBytes,
      sha3_384: found.sha3_384,
    })),
    // Keys in order, wherever the lock comes from.
    lock: JSON.parse(canonicalJson(lock)) as unknown,
  };
}

/** The signed model and what vouches for it. */
export const modelFiles = ({ verified }: PreparedImage): WrittenFile[] => [
  { fileName: 'model', mediaType: 'application/x.ubuntu.assertion', text: fromUtf8(encodeAssertion(verified.assertion))! },
  { fileName: 'assertions', mediaType: 'application/x.ubuntu.assertion', text: fromUtf8(encodeStream(verified.chain))! },
];
