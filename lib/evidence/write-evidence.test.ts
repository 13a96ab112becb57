import { describe, expect, it } from 'vitest';
import { compareBytes } from '../bytes';
import { generateBuildKey } from '../keys/build-key';
import { parseChecksums } from './checksums';
import { sampleInput, sha256 } from './testing';
import { sideFile, writeDocuments, writeProof } from './write-evidence';

const input = sampleInput();
const namesOf = (files: { fileName: string }[]): string[] => files.map(({ fileName }) => fileName);

describe('the files beside an image', () => {
  it('are named after it, or by what they are where they have a folder of their own', () => {
    expect(namesOf(writeDocuments(input, { stem: 'box', sha256 }))).toEqual(['box.lock.json', 'box.seed.manifest', 'box.spdx.json', 'box.cdx.json']);
    expect(namesOf(writeDocuments(input, { stem: '', sha256 }))).toEqual(['lock.json', 'seed.manifest', 'spdx.json', 'cdx.json']);
  });

  it('are the same for the same build, though its lock came back from a database with its keys in another order', () => {
    const reordered = { ...input, lock: Object.fromEntries(Object.entries(input.lock).reverse()) as typeof input.lock };
    expect(writeDocuments(reordered, { stem: 'box', sha256 })).toEqual(writeDocuments(input, { stem: 'box', sha256 }));
  });

  it('have no seed.manifest where snapd would write none', () => expect(namesOf(writeDocuments({ ...input, snaps: [] }, { stem: 'box', sha256 }))).not.toContain('box.seed.manifest'));

  it('are proven by a signed provenance and the checksums of all, that of the provenance too', async () => {
    const [provenance, checksums] = await writeProof(input, { stem: 'box', sha256 }, generateBuildKey());
    expect(provenance!.fileName).toBe('box.provenance.json');
    expect(checksums!.fileName).toBe('SHA256SUMS');
    const own = sideFile(provenance!, sha256);
    const listed = [...input.images, ...input.sideFiles, own].map(({ fileName, sha256: digest }) => ({ fileName, sha256: digest }));
    expect(parseChecksums(checksums!.text).sort((a, b) => compareBytes(a.fileName, b.fileName))).toEqual(listed.sort((a, b) => compareBytes(a.fileName, b.fileName)));
  });

  it('have checksums alone where nobody signs', async () => expect(namesOf(await writeProof(input, { stem: 'box', sha256 }, undefined))).toEqual(['SHA256SUMS']));
});
