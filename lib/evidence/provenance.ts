import { canonicalJson } from '../build/lock';
import type { LockedAssertion } from '../build/lock';
import { utf8 } from '../bytes';
import { revisionText } from './input';
import type { EvidenceInput, EvidenceSideFile, EvidenceSnap } from './input';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';
/** What these parameters mean is told in docs/cli.md. */
export const BUILD_TYPE = 'urn:imprint:build-type:ubuntu-core-image:1';
/** Who built it where no console did: nobody vouches for that machine but the key. */
export const COMMAND_LINE_BUILDER = 'urn:imprint:command-line';
/** As the Snap Store serves assertions. */
export const ASSERTION_MEDIA_TYPE = 'application/x.ubuntu.assertion';

/** in-toto ResourceDescriptor v1, as far as it is used; digests are lower-case hexadecimal under in-toto's names. */
export type Resource = { name?: string; uri?: string; digest?: Record<string, string>; mediaType?: string; annotations?: Record<string, string | number> };

export type Statement = {
  _type: typeof STATEMENT_TYPE;
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: typeof PROVENANCE_TYPE;
  predicate: {
    buildDefinition: { buildType: string; externalParameters: Record<string, unknown>; internalParameters: Record<string, unknown>; resolvedDependencies: Resource[] };
    runDetails: { builder: { id: string; version: Record<string, string> }; metadata: { invocationId?: string; startedOn?: string; finishedOn?: string }; byproducts: Resource[] };
  };
};

/** How the image was made, as an in-toto Statement v1 of SLSA Provenance v1: the image's forms are what it speaks of, the files beside them its byproducts. */
export function makeStatement(input: EvidenceInput): Statement {
  const { images, sideFiles, lock, product, builderId } = input;
  return {
    _type: STATEMENT_TYPE,
    subject: images.map(({ fileName, sha256 }) => ({ name: fileName, digest: { sha256 } })),
    predicateType: PROVENANCE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { model: modelParameter(input), options: optionsOf(input) },
        internalParameters: { lockFormat: lock.format },
        resolvedDependencies: [modelResource(input), ...input.snaps.flatMap(snapResources), ...lock.assertions.filter(({ type }) => type !== 'model').map(assertionResource)],
      },
      runDetails: {
        builder: { id: builderId, version: { [product.name]: product.version } },
        metadata: metadataOf(input),
        byproducts: sideFiles.map(byproduct),
      },
    },
  };
}

/** What a signature is put under: the statement as UTF-8, with its keys in order and no white space (RFC 8785). */
export const statementBytes = (statement: Statement): Uint8Array => utf8(canonicalJson(statement));

const modelParameter = ({ model, brand }: EvidenceInput) => ({
  brandId: model.brandId,
  brandName: brand.name,
  name: model.name,
  revision: model.revision,
  sha3_384: model.sha3_384,
  signKeyId: model.signKeyId,
});

/** Whatever of the lock somebody may have asked for. */
const optionsOf = ({ lock, validationSets }: EvidenceInput) => ({
  label: lock.label,
  epoch: lock.epoch,
  sectorSize: lock.sectorSize,
  sizeProfile: lock.sizeProfile,
  imageSizes: lock.imageSizes,
  bootFlags: lock.bootFlags,
  extraAssertions: lock.extraAssertions,
  validationSets: validationSets.map(({ accountId, name, sequence, pinned }) => ({ accountId, name, sequence, pinned })),
});

function metadataOf({ brand, buildNumber, startedOn, finishedOn }: EvidenceInput): Statement['predicate']['runDetails']['metadata'] {
  return {
    ...(buildNumber !== undefined && { invocationId: `${brand.accountId}/${buildNumber}` }),
    ...(startedOn !== undefined && { startedOn }),
    ...(finishedOn !== undefined && { finishedOn }),
  };
}

const uri = (scheme: string, path: readonly string[], revision: string): string => `${scheme}:${path.map(encodeURIComponent).join('/')}?revision=${revision}`;

/** The series is 16 for all models that there are. */
const modelResource = ({ model }: EvidenceInput): Resource => ({
  uri: uri('assertion', ['model', '16', model.brandId, model.name], String(model.revision)),
  digest: { sha256: model.sha256, sha3_384: model.sha3_384 },
  mediaType: ASSERTION_MEDIA_TYPE,
});

function snapResources(snap: EvidenceSnap): Resource[] {
  const revision = revisionText(snap.revision);
  const whole: Resource = {
    name: snap.name,
    uri: uri('snap', [snap.name], revision),
    digest: { ...(snap.sha256 !== undefined && { sha256: snap.sha256 }), sha3_384: snap.sha3_384 },
    annotations: { ...(snap.snapId !== undefined && { snapId: snap.snapId }), revision, version: snap.version, channel: snap.channel, type: snap.type, sizeBytes: snap.sizeBytes },
  };
  const parts = (snap.components ?? []).map((component): Resource => {
    const name = `${snap.name}+${component.name}`;
    return { name, uri: uri('snap', [name], revisionText(component.revision)), digest: { sha3_384: component.sha3_384 }, annotations: { revision: revisionText(component.revision), sizeBytes: component.sizeBytes } };
  });
  return [whole, ...parts];
}

const assertionResource = ({ type, primaryKey, revision, sha3_384 }: LockedAssertion): Resource => ({ uri: uri('assertion', [type, ...primaryKey], String(revision)), digest: { sha3_384 }, mediaType: ASSERTION_MEDIA_TYPE });

const byproduct = ({ fileName, sha256, mediaType }: EvidenceSideFile): Resource => ({ name: fileName, digest: { sha256 }, mediaType });
