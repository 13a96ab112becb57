import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { writeCycloneDx } from './cyclonedx';
import { sampleInput, sha256 } from './testing';

const schemaOf = (name: string): object => JSON.parse(readFileSync(join(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-library/res/schema', name), 'utf8')) as object;

/** Formats of internationalised names that ajv-formats does not have; nothing that is written here has such a thing in it. */
const UNKNOWN_FORMATS = ['idn-email', 'iri-reference'];

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
for (const format of UNKNOWN_FORMATS) ajv.addFormat(format, true);
for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json', 'cryptography-defs.SNAPSHOT.schema.json']) ajv.addSchema(schemaOf(name), `http://cyclonedx.org/schema/${name}`);
const isValid = ajv.compile(schemaOf('bom-1.6.SNAPSHOT.schema.json'));

const faults = (document: unknown): string[] => (isValid(document) ? [] : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`));
const written = (change?: Parameters<typeof sampleInput>[0]): Record<string, unknown> => JSON.parse(writeCycloneDx(sampleInput(change), sha256)) as Record<string, unknown>;

/** The schema that CycloneDX itself publishes, as its library carries it. */
describe('a CycloneDX list is of the schema', () => {
  it('with every sort of snap in it', () => expect(faults(written())).toEqual([]));
  it('before any form has a checksum, and at the command line', () => {
    expect(faults(written({ images: [], sideFiles: [] }))).toEqual([]);
    expect(faults(written({ buildNumber: undefined, snaps: [] }))).toEqual([]);
  });
  it('with licenses that are expressions, and such as SPDX does not know', () => {
    const [snap] = sampleInput().snaps;
    for (const license of ['MIT', 'Apache-2.0 OR (MIT AND GPL-2.0-only WITH Classpath-exception-2.0)', 'Ours', 'LicenseRef-x', '(']) expect(faults(written({ snaps: [{ ...snap!, license }] }))).toEqual([]);
  });
  it('which refuses what is not', () => {
    expect(faults({ ...written(), specVersion: 16 })).not.toEqual([]);
    expect(faults({ ...written(), components: [{ name: 'x', type: 'snap' }] })).not.toEqual([]);
    expect(faults({ ...written(), serialNumber: 'urn:uuid:x' })).not.toEqual([]);
  });
});
