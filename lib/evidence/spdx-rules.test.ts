import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { writeSpdx } from './spdx';
import { sampleInput, sha256 } from './testing';

const parseLicense = createRequire(import.meta.url)('spdx-expression-parse') as (text: string) => unknown;

const ID = '^SPDXRef-[A-Za-z0-9.-]+$';
const LINE = { type: 'string', pattern: '^[^\\n\\r]*\\S[^\\n\\r]*$' };
const text = { type: 'string', minLength: 1 };
const closed = (properties: Record<string, object>, optional: string[] = []) => ({ type: 'object', additionalProperties: false, required: Object.keys(properties).filter((key) => !optional.includes(key)), properties });
const hexadecimal = (algorithm: string, digits: number) => ({ properties: { algorithm: { const: algorithm }, checksumValue: { type: 'string', pattern: `^[0-9a-f]{${digits}}$` } } });

/** No package has files that were looked at, so 7.9 (verification code) and 7.14 (licenses of the files) must not be there; what else is not named here is not written. */
const PACKAGE = closed({
  SPDXID: { type: 'string', pattern: ID }, // 7.2
  name: LINE,
  versionInfo: LINE,
  packageFileName: LINE,
  supplier: { type: 'string', pattern: '^(?:NOASSERTION|(?:Person|Organization): [^()\\n]*[^()\\s][^()\\n]*)$' }, // 7.5
  downloadLocation: { const: 'NOASSERTION' },
  filesAnalyzed: { const: false },
  checksums: { type: 'array', minItems: 1, uniqueItems: true, items: { ...closed({ algorithm: {}, checksumValue: {} }), oneOf: [hexadecimal('SHA256', 64), hexadecimal('SHA3-384', 96)] } }, // 7.10
  sourceInfo: text,
  licenseConcluded: text,
  licenseDeclared: text,
  licenseComments: text,
  copyrightText: text,
  externalRefs: { type: 'array', items: closed({ referenceCategory: { enum: ['SECURITY', 'PACKAGE-MANAGER', 'PERSISTENT-ID', 'OTHER'] }, referenceType: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:\\S+#[A-Za-z0-9.-]+$' }, referenceLocator: { type: 'string', pattern: '^\\S+$' } }) }, // 7.21
  primaryPackagePurpose: { enum: ['APPLICATION', 'FRAMEWORK', 'LIBRARY', 'CONTAINER', 'OPERATING_SYSTEM', 'DEVICE', 'FIRMWARE', 'SOURCE', 'ARCHIVE', 'FILE', 'INSTALL', 'OTHER'] }, // 7.24, in the spelling of the JSON schema
}, ['packageFileName', 'checksums', 'sourceInfo', 'licenseComments', 'externalRefs', 'primaryPackagePurpose']);
const DOCUMENT = closed({
  spdxVersion: { const: 'SPDX-2.3' }, // 6.1
  dataLicense: { const: 'CC0-1.0' },
  SPDXID: { const: 'SPDXRef-DOCUMENT' },
  name: LINE,
  documentNamespace: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:[^\\s#]+$' }, // 6.5
  creationInfo: closed({ created: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' }, creators: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^(?:Tool: \\S+-\\S+|(?:Person|Organization): [^()\\n]*[^()\\s][^()\\n]*)$' } } }), // 6.8, 6.9
  packages: { type: 'array', minItems: 1, items: PACKAGE },
  relationships: { type: 'array', minItems: 1, uniqueItems: true, items: closed({ spdxElementId: { type: 'string', pattern: ID }, relationshipType: { enum: ['DESCRIBES', 'CONTAINS', 'DEPENDS_ON'] }, relatedSpdxElement: { type: 'string', pattern: ID } }) }, // 11.1
});
const isOfShape = new Ajv({ strict: false, allErrors: true }).compile(DOCUMENT);

type Written = { SPDXID: string; documentNamespace: string; packages: { SPDXID: string; licenseDeclared: string; licenseConcluded: string; externalRefs?: { referenceCategory: string; referenceType: string }[] }[]; relationships: { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[] };

/** What of SPDX 2.3 a document breaks, by the clauses of its specification. */
function faults(document: Written): string[] {
  if (!isOfShape(document)) return (isOfShape.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const ids = [document.SPDXID, ...document.packages.map(({ SPDXID }) => SPDXID)];
  const licenses = document.packages.flatMap((each) => [each.licenseDeclared, each.licenseConcluded]).filter((license) => license !== 'NOASSERTION' && license !== 'NONE');
  const held = new Set(document.relationships.map(({ relatedSpdxElement }) => relatedSpdxElement));
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is there twice (7.2)`),
    ...document.relationships.flatMap((each) => [each.spdxElementId, each.relatedSpdxElement]).filter((id) => !ids.includes(id)).map((id) => `${id} is nowhere (11.1)`),
    ...document.relationships.filter((each) => each.spdxElementId === each.relatedSpdxElement).map(({ spdxElementId }) => `${spdxElementId} is related to itself`),
    ...(document.relationships.some((each) => each.spdxElementId === document.SPDXID && each.relationshipType === 'DESCRIBES') ? [] : ['it describes nothing (11.1)']),
    ...ids.slice(1).filter((id) => !held.has(id)).map((id) => `${id} is in nothing`),
    ...licenses.flatMap((license) => (isLicense(license) ? [] : [`${license} is no license expression (annex D)`])),
    ...document.packages.flatMap(({ externalRefs = [] }) => externalRefs).filter(({ referenceCategory, referenceType }) => referenceCategory === 'OTHER' && !referenceType.startsWith(`${document.documentNamespace}#`)).map(({ referenceType }) => `${referenceType} is not of this document (7.21)`),
  ];
}

function isLicense(license: string): boolean {
  try {
    parseLicense(license);
    return true;
  } catch {
    return false;
  }
}

const written = (change?: Parameters<typeof sampleInput>[0]): Written => JSON.parse(writeSpdx(sampleInput(change), sha256)) as Written;
const [snap] = sampleInput().snaps;

describe('an SPDX document breaks no rule of SPDX 2.3', () => {
  it.each<[string, Parameters<typeof sampleInput>[0]]>([
    ['with every sort of snap in it', {}],
    ['before any form has a checksum', { images: [], sideFiles: [] }],
    ['of an image without snaps, at the command line', { buildNumber: undefined, snaps: [] }],
    ['of an image from long ago', { epoch: 0 }],
    ['of a brand whose name has an address in it, and lines', { brand: { accountId: 'acme', name: 'Acme\n(sales@acme.example)\r\n & Söhne' } }],
    ['of a brand whose name is nothing but that', { brand: { accountId: 'acme', name: ' () ' } }],
    ...['MIT', 'Apache-2.0 OR (MIT AND GPL-2.0-only WITH Classpath-exception-2.0)', 'GPL-2.0+', 'Proprietary', 'LicenseRef-x', '(', 'MIT\nOR ISC', 'NONE', 'Ours\nand theirs'].map((license): [string, Parameters<typeof sampleInput>[0]] => [`with a snap of the license ${license}`, { snaps: [{ ...snap!, license }] }]),
    ['with names that look alike', { snaps: [{ ...snap!, name: 'a-b', components: [{ name: 'c', revision: 1, sha3_384: 'e'.repeat(96), sizeBytes: 1 }] }, { ...snap!, name: 'a', components: [{ name: 'b-c', revision: 1, sha3_384: 'e'.repeat(96), sizeBytes: 1 }] }, { ...snap!, name: 'a-b-c', base: 'a-b' }] }],
    ['with a snap that is its own base', { snaps: [{ ...snap!, base: snap!.name }] }],
  ])('%s', (_, change) => expect(faults(written(change))).toEqual([]));
});

describe('a document that breaks one is found out:', () => {
  /** A copy in which the value at a path, such as `packages.1.name`, is another. */
  const spoil = (path: string, value: unknown): string => {
    const document = written();
    const keys = path.split('.');
    const parent = keys.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, document);
    parent[keys.at(-1)!] = value;
    return faults(document).join('; ');
  };
  it.each<[string, string, string, unknown]>([
    ['another version', '/spdxVersion', 'spdxVersion', 'SPDX-2.2'],
    ['a namespace with a fragment', '/documentNamespace', 'documentNamespace', 'urn:x#y'],
    ['a time with a fraction', '/creationInfo/created', 'creationInfo.created', '2026-01-01T00:00:00.5Z'],
    ['a creator of no kind', '/creationInfo/creators/0', 'creationInfo.creators.0', 'Imprint'],
    ['an identifier with an underscore', '/packages/1/SPDXID', 'packages.1.SPDXID', 'SPDXRef-a_b'],
    ['an identifier twice', 'there twice', 'packages.1.SPDXID', 'SPDXRef-Image'],
    ['a purpose that is none', '/packages/0/primaryPackagePurpose', 'packages.0.primaryPackagePurpose', 'OPERATING-SYSTEM'],
    ['a checksum that is cut', '/packages/1/checksums/0', 'packages.1.checksums.0.checksumValue', 'ab'],
    ['a verification code though no file was looked at', '/packages/0', 'packages.0.packageVerificationCode', { packageVerificationCodeValue: 'a'.repeat(40) }],
    ['a supplier of no kind', '/packages/1/supplier', 'packages.1.supplier', 'Canonical'],
    ['a version of two lines', '/packages/1/versionInfo', 'packages.1.versionInfo', '1\n2'],
    ['a relation to what is not there', 'is nowhere', 'relationships.1.relatedSpdxElement', 'SPDXRef-None'],
    ['nothing that is described', 'describes nothing', 'relationships.0.relationshipType', 'CONTAINS'],
    ['a license that is none', 'no license expression', 'packages.1.licenseDeclared', 'MIT OR'],
    ['a reference of another document', 'not of this document', 'packages.1.externalRefs.0.referenceType', 'urn:x#LocationRef-snap'],
  ])('%s', (_, words, path, value) => expect(spoil(path, value)).toContain(words));
});
