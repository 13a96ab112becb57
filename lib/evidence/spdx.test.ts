import { describe, expect, it } from 'vitest';
import { LICENSE_IDS } from '../snap/license-ids';
import { writeSpdx } from './spdx';
import { sampleInput, sha256 } from './testing';

type Package = { SPDXID: string; name: string; versionInfo: string; supplier: string; licenseDeclared: string; licenseComments?: string; checksums: { algorithm: string; checksumValue: string }[]; externalRefs?: { referenceCategory: string; referenceType: string; referenceLocator: string }[] };
type Document = {
  spdxVersion: string;
  dataLicense: string;
  SPDXID: string;
  documentNamespace: string;
  creationInfo: { created: string; creators: string[] };
  packages: Package[];
  relationships: { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[];
};
const written = (change?: Parameters<typeof sampleInput>[0]): Document => JSON.parse(writeSpdx(sampleInput(change), sha256)) as Document;
const document = written();
const packageOf = (name: string): Package => document.packages.find((each) => each.name === name)!;

/** Rules of SPDX 2.3, by their clauses. */
describe('an SPDX document', () => {
  it('says what it is (6.1 to 6.3), and when and by whom it was made (6.8, 6.9)', () => {
    expect(document).toMatchObject({ spdxVersion: 'SPDX-2.3', dataLicense: 'CC0-1.0', SPDXID: 'SPDXRef-DOCUMENT', name: 'acme-box-r1-build42' });
    expect(document.creationInfo).toEqual({ created: '2026-01-01T00:00:00Z', creators: ['Tool: Imprint-0.1.0', 'Organization: Acme Devices Ltd'] });
  });

  it('has a namespace that is a URI without a fragment (6.5)', () => {
    expect(document.documentNamespace).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('has identifiers of letters, digits, dots and hyphens, each once (7.2), and relates no others (11.1)', () => {
    const ids = [document.SPDXID, ...document.packages.map(({ SPDXID }) => SPDXID)];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
    for (const { spdxElementId, relatedSpdxElement } of document.relationships) expect(ids).toEqual(expect.arrayContaining([spdxElementId, relatedSpdxElement]));
  });

  it('tells of each package what has to be told (7.1 to 7.17)', () => {
    for (const each of document.packages) {
      expect(each).toMatchObject({ name: expect.stringMatching(/./), versionInfo: expect.stringMatching(/./), downloadLocation: 'NOASSERTION', filesAnalyzed: false, copyrightText: 'NOASSERTION', licenseConcluded: 'NOASSERTION' });
      expect(each.supplier).toMatch(/^(?:NOASSERTION|Organization: [^()]+)$/);
      expect(each.licenseDeclared === 'NOASSERTION' || LICENSE_IDS.has(each.licenseDeclared)).toBe(true);
      for (const { algorithm, checksumValue } of each.checksums) expect(checksumValue).toMatch(algorithm === 'SHA256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{96}$/);
    }
  });

  it('has the image, its snaps and their components', () => {
    expect(document.packages.map(({ name, versionInfo }) => `${name} ${versionInfo}`)).toEqual(['acme-box r1-build42', 'snapd 2.63', 'pc-kernel 6.8.0-40.40', 'pc-kernel+wifi 7', 'core24 20240710', 'pc 24-0.1', 'box-app x1']);
    expect(packageOf('acme-box').checksums).toEqual([{ algorithm: 'SHA256', checksumValue: 'd'.repeat(64) }]);
    expect(packageOf('pc-kernel').checksums).toEqual([
      { algorithm: 'SHA3-384', checksumValue: '2'.repeat(96) },
      { algorithm: 'SHA256', checksumValue: 'b'.repeat(64) },
    ]);
  });

  it('says what holds what, and what runs on what', () => {
    const all = document.relationships.map(({ spdxElementId, relationshipType, relatedSpdxElement }) => `${spdxElementId} ${relationshipType} ${relatedSpdxElement}`.replaceAll('SPDXRef-', ''));
    expect(all).toEqual([
      'DOCUMENT DESCRIBES Image',
      ...['snapd', 'pc-kernel', 'core24', 'pc', 'box-app'].map((name) => `Image CONTAINS Snap-${name}`),
      'Snap-pc-kernel CONTAINS Component-pc-kernel.wifi',
      'Snap-pc DEPENDS_ON Snap-core24',
      'Snap-box-app DEPENDS_ON Snap-core24',
    ]);
  });

  it('tells a license that SPDX does not know in words', () => {
    expect(packageOf('snapd')).toMatchObject({ licenseDeclared: 'GPL-3.0' });
    expect(packageOf('box-app')).toMatchObject({ licenseDeclared: 'NOASSERTION', licenseComments: 'snap.yaml says: Proprietary' });
    expect(packageOf('core24')).not.toHaveProperty('licenseComments');
  });

  it('names id and revision of a snap by a reference of its own (7.21)', () => {
    const referenceType = `${document.documentNamespace}#LocationRef-snap`;
    expect(packageOf('pc').externalRefs).toEqual([{ referenceCategory: 'OTHER', referenceType, referenceLocator: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH/178' }]);
    expect(packageOf('box-app').externalRefs).toEqual([{ referenceCategory: 'OTHER', referenceType, referenceLocator: 'box-app/x1' }]);
  });

  it('is the same for the same image, and called otherwise for another', () => {
    expect(writeSpdx(sampleInput(), sha256)).toBe(writeSpdx(sampleInput(), sha256));
    const namespaces = [document, written({ buildNumber: 43 }), written({ buildNumber: undefined }), written({ epoch: 1 }), written({ brand: { accountId: 'acme', name: 'Other' } })].map(({ documentNamespace }) => documentNamespace);
    expect(new Set(namespaces).size).toBe(5);
  });

  it('is made for an image whose digest is not known yet', () => expect(written({ images: [] }).packages[0]).not.toHaveProperty('checksums'));
});
