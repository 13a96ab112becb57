import { documentText, documentUuid } from './identifier';
import { epochTime, imageName, imageVersion, revisionText } from './input';
import type { EvidenceComponent, EvidenceInput, EvidenceSnap, Sha256 } from './input';
import { isLicenseExpression } from './license';

/** SPDX 2.3, clause by clause as they are numbered there. */
export const SPDX_VERSION = 'SPDX-2.3';
const NO_ASSERTION = 'NOASSERTION';
const IMAGE_ID = 'SPDXRef-Image';

/**
 * What is in the image, as an SPDX 2.3 document in JSON: the image, its snaps and their components as packages, and what holds what.
 * No package URL names a snap, for there is no such type among those that are registered; what is there instead is an external reference
 * of the document's own, `LocationRef-snap`, whose locator is `<snap id>/<revision>` (`<name>/x1` for a file that no assertion speaks of).
 */
export function writeSpdx(input: EvidenceInput, sha256: Sha256): string {
  const packages = (namespace: string): Package[] => [imagePackage(input), ...input.snaps.flatMap((snap) => [snapPackage(snap, namespace), ...(snap.components ?? []).map((component) => componentPackage(snap, component, namespace))])];
  const relationships = relationshipsOf(input.snaps);
  const document = (namespace: string) => ({
    spdxVersion: SPDX_VERSION,
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: imageName(input),
    documentNamespace: namespace,
    creationInfo: { created: epochTime(input.epoch), creators: [`Tool: ${input.product.name}-${input.product.version}`, organization(input.brand.name, input.brand.accountId)] },
    packages: packages(namespace),
    relationships,
  });
  return documentText(document(`urn:uuid:${documentUuid('spdx', JSON.stringify(document('')), input, sha256)}`));
}

type Package = Record<string, unknown> & { SPDXID: string };
/** 7.10 and 7.13 to 7.17: nothing of it is looked at, and so nothing is said. */
const UNKNOWN = { licenseConcluded: NO_ASSERTION, copyrightText: NO_ASSERTION } as const;

function imagePackage(input: EvidenceInput): Package {
  const { model, brand, images } = input;
  const file = images.find(({ form }) => form === 'raw') ?? images[0];
  return {
    SPDXID: IMAGE_ID,
    name: model.name,
    versionInfo: imageVersion(input),
    ...(file && { packageFileName: file.fileName, checksums: [{ algorithm: 'SHA256', checksumValue: file.sha256 }] }),
    supplier: organization(brand.name, brand.accountId),
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    licenseDeclared: NO_ASSERTION,
    ...UNKNOWN,
    primaryPackagePurpose: 'OPERATING_SYSTEM',
  };
}

const PURPOSES: Record<string, string> = { base: 'OPERATING_SYSTEM', core: 'OPERATING_SYSTEM', kernel: 'OPERATING_SYSTEM', gadget: 'FIRMWARE' };

function snapPackage(snap: EvidenceSnap, namespace: string): Package {
  const revision = revisionText(snap.revision);
  return {
    SPDXID: snapPackageId(snap),
    name: snap.name,
    versionInfo: snap.version || revision,
    packageFileName: `${snap.name}_${revision}.snap`,
    supplier: snap.publisher ? organization(snap.publisher.displayName, snap.publisher.accountId) : NO_ASSERTION,
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    checksums: checksums(snap),
    sourceInfo: `snap, revision ${revision}${snap.channel === '' ? '' : `, channel ${snap.channel}`}`,
    ...licenseOf(snap.license),
    ...UNKNOWN,
    primaryPackagePurpose: PURPOSES[snap.type] ?? 'APPLICATION',
    externalRefs: [reference(namespace, `${snap.snapId ?? snap.name}/${revision}`)],
  };
}

function componentPackage(snap: EvidenceSnap, component: EvidenceComponent, namespace: string): Package {
  const revision = revisionText(component.revision);
  return {
    SPDXID: componentPackageId(snap, component),
    name: `${snap.name}+${component.name}`,
    versionInfo: revision,
    packageFileName: `${snap.name}+${component.name}_${revision}.comp`,
    supplier: snap.publisher ? organization(snap.publisher.displayName, snap.publisher.accountId) : NO_ASSERTION,
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    checksums: checksums(component),
    sourceInfo: `component of a snap, revision ${revision}`,
    licenseDeclared: NO_ASSERTION,
    ...UNKNOWN,
    externalRefs: [reference(namespace, `${snap.snapId ?? snap.name}+${component.name}/${revision}`)],
  };
}

/** Names of snaps and components have letters, digits and hyphens; a dot tells `a.b-c` from `a-b.c`. */
const snapPackageId = ({ name }: Pick<EvidenceSnap, 'name'>): string => `SPDXRef-Snap-${name}`;
const componentPackageId = (snap: EvidenceSnap, component: EvidenceComponent): string => `SPDXRef-Component-${snap.name}.${component.name}`;

/** 7.21, category OTHER: the type is a URI of the document's own. */
const reference = (namespace: string, locator: string) => ({ referenceCategory: 'OTHER', referenceType: `${namespace}#LocationRef-snap`, referenceLocator: locator });

const checksums = ({ sha3_384, sha256 }: { sha3_384: string; sha256?: string | undefined }) => [
  { algorithm: 'SHA3-384', checksumValue: sha3_384 },
  ...(sha256 === undefined ? [] : [{ algorithm: 'SHA256', checksumValue: sha256 }]),
];

/** 7.15: an expression that SPDX would not read is told in words instead. */
function licenseOf(license = ''): Record<string, string> {
  if (license === '') return { licenseDeclared: NO_ASSERTION };
  if (isLicenseExpression(license)) return { licenseDeclared: license.trim().replace(/\s+/g, ' ') };
  return { licenseDeclared: NO_ASSERTION, licenseComments: `snap.yaml says: ${license}` };
}

/** 6.8 and 7.5: what stands in parentheses is read as an address, so a name may have none. */
function organization(name: string, accountId: string): string {
  const plain = name.replace(/[()]/g, ' ').replace(/\s+/g, ' ').trim();
  return `Organization: ${plain || accountId}`;
}

function relationshipsOf(snaps: readonly EvidenceSnap[]): { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[] {
  const related = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string) => ({ spdxElementId, relationshipType, relatedSpdxElement });
  const names = new Set(snaps.map(({ name }) => name));
  return [
    related('SPDXRef-DOCUMENT', 'DESCRIBES', IMAGE_ID),
    ...snaps.map((snap) => related(IMAGE_ID, 'CONTAINS', snapPackageId(snap))),
    ...snaps.flatMap((snap) => (snap.components ?? []).map((component) => related(snapPackageId(snap), 'CONTAINS', componentPackageId(snap, component)))),
    ...snaps.flatMap((snap) => (snap.base !== undefined && snap.base !== snap.name && names.has(snap.base) ? [related(snapPackageId(snap), 'DEPENDS_ON', snapPackageId({ name: snap.base }))] : [])),
  ];
}
