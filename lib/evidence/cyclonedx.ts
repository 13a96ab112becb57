import { documentText, documentUuid } from './identifier';
import { epochTime, imageVersion, revisionText } from './input';
import type { EvidenceComponent, EvidenceInput, EvidenceSnap, Sha256 } from './input';
import { isLicenseExpression } from './license';

const IMAGE_REF = 'image';

/** Names of the properties that the list bears beside what CycloneDX has fields for. */
export const PROPERTY = { snapId: 'imprint:snap:id', revision: 'imprint:snap:revision', channel: 'imprint:snap:channel', type: 'imprint:snap:type', sizeBytes: 'imprint:snap:size' } as const;

/**
 * What is in the image, as a CycloneDX 1.6 list in JSON. Snap id, revision and channel are properties: CycloneDX has no fields for them, and package URLs no type for snaps.
 * A snap depends on its base where that is in the image.
 */
export function writeCycloneDx(input: EvidenceInput, sha256: Sha256): string {
  const content = {
    version: 1,
    metadata: metadataOf(input),
    components: input.snaps.map(componentOf),
    dependencies: dependenciesOf(input.snaps),
  };
  const serialNumber = `urn:uuid:${documentUuid('cyclonedx', JSON.stringify(content), input, sha256)}`;
  return documentText({ $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, ...content });
}

type Property = { name: string; value: string };

function metadataOf(input: EvidenceInput): Record<string, unknown> {
  const { product, brand, model, images, epoch } = input;
  const file = images.find(({ form }) => form === 'raw') ?? images[0];
  return {
    timestamp: epochTime(epoch),
    lifecycles: [{ phase: 'build' }],
    tools: { components: [{ type: 'application', name: product.name, version: product.version }] },
    component: {
      type: 'operating-system',
      'bom-ref': IMAGE_REF,
      supplier: { name: brand.name },
      name: model.name,
      version: imageVersion(input),
      ...(file && { hashes: [{ alg: 'SHA-256', content: file.sha256 }] }),
      properties: [
        ...(file ? [{ name: 'imprint:image:file', value: file.fileName }] : []),
        { name: 'imprint:model:brand-id', value: model.brandId },
        { name: 'imprint:model:revision', value: String(model.revision) },
        { name: 'imprint:model:architecture', value: model.architecture },
        ...(model.base === '' ? [] : [{ name: 'imprint:model:base', value: model.base }]),
        ...(model.grade === undefined ? [] : [{ name: 'imprint:model:grade', value: model.grade }]),
        { name: 'imprint:model:sha3-384', value: model.sha3_384 },
        { name: 'imprint:model:sign-key-sha3-384', value: model.signKeyId },
      ],
    },
    supplier: { name: brand.name },
  };
}

const TYPES: Record<string, string> = { base: 'operating-system', core: 'operating-system', kernel: 'operating-system', gadget: 'firmware' };

function componentOf(snap: EvidenceSnap): Record<string, unknown> {
  const revision = revisionText(snap.revision);
  const properties: Property[] = [
    ...(snap.snapId === undefined ? [] : [{ name: PROPERTY.snapId, value: snap.snapId }]),
    { name: PROPERTY.revision, value: revision },
    ...(snap.channel === '' ? [] : [{ name: PROPERTY.channel, value: snap.channel }]),
    { name: PROPERTY.type, value: snap.type },
    { name: PROPERTY.sizeBytes, value: String(snap.sizeBytes) },
  ];
  return {
    type: TYPES[snap.type] ?? 'application',
    'bom-ref': refOf(snap),
    ...(snap.publisher && { supplier: { name: snap.publisher.displayName }, publisher: snap.publisher.displayName }),
    name: snap.name,
    version: snap.version || revision,
    hashes: hashes(snap),
    ...(snap.license && { licenses: [isLicenseExpression(snap.license) ? { expression: snap.license } : { license: { name: snap.license } }] }),
    properties,
    ...(snap.components && snap.components.length > 0 && { components: snap.components.map((component) => partOf(snap, component)) }),
  };
}

function partOf(snap: EvidenceSnap, component: EvidenceComponent): Record<string, unknown> {
  return {
    type: 'data',
    'bom-ref': `${refOf(snap)}+${component.name}`,
    name: `${snap.name}+${component.name}`,
    version: revisionText(component.revision),
    hashes: hashes(component),
    properties: [
      { name: PROPERTY.revision, value: revisionText(component.revision) },
      { name: PROPERTY.sizeBytes, value: String(component.sizeBytes) },
    ],
  };
}

const refOf = ({ name }: Pick<EvidenceSnap, 'name'>): string => `snap:${name}`;

const hashes = ({ sha3_384, sha256 }: { sha3_384: string; sha256?: string | undefined }) => [{ alg: 'SHA3-384', content: sha3_384 }, ...(sha256 === undefined ? [] : [{ alg: 'SHA-256', content: sha256 }])];

/** Every reference has an entry: one that needs nothing has an empty one. */
function dependenciesOf(snaps: readonly EvidenceSnap[]): { ref: string; dependsOn: string[] }[] {
  const names = new Set(snaps.map(({ name }) => name));
  return [
    { ref: IMAGE_REF, dependsOn: snaps.map(refOf) },
    ...snaps.map((snap) => ({ ref: refOf(snap), dependsOn: snap.base !== undefined && names.has(snap.base) ? [refOf({ name: snap.base })] : [] })),
  ];
}
