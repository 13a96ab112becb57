import { describe, expect, it } from 'vitest';
import { makeStatement } from './provenance';
import { sampleInput } from './testing';
import { checksumDifference, modelDifference, parseStatement } from './verify';
import type { ModelFacts } from './verify';

const input = sampleInput();
const statement = parseStatement(JSON.stringify(makeStatement(input)));

describe('provenance and checksums', () => {
  const checksums = [...input.images, ...input.sideFiles].map(({ fileName, sha256 }) => ({ fileName, sha256 }));
  const [first, ...rest] = checksums as [(typeof checksums)[number], ...typeof checksums];
  const difference = (list: typeof checksums) => checksumDifference(list, statement, 'x.provenance.json');

  it('speak of the same files; the envelope may be among the checksums', () => {
    expect(difference(checksums)).toBeUndefined();
    expect(difference([...checksums, { fileName: 'x.provenance.json', sha256: 'a'.repeat(64) }])).toBeUndefined();
  });
  it('differ by a digest, by a file that was not signed, and by one that is not listed', () => {
    expect(difference([{ ...first, sha256: 'e'.repeat(64) }, ...rest])).toBe(`its SHA-256 of ${first.fileName} is not the one in the checksums`);
    expect(difference([...checksums, { fileName: 'evil.img', sha256: 'e'.repeat(64) }])).toBe('it does not speak of evil.img, which the checksums list');
    expect(difference(rest)).toBe(`it speaks of ${first.fileName}, which the checksums do not list`);
  });
  it('are refused where the provenance speaks of no image, or of a file twice', () => {
    const of = (change: Parameters<typeof sampleInput>[0]) => parseStatement(JSON.stringify(makeStatement(sampleInput(change))));
    expect(checksumDifference([], of({ images: [], sideFiles: [] }), '')).toBe('it speaks of no image');
    expect(checksumDifference([], of({ images: [...input.images, ...input.images] }), '')).toContain('twice');
  });
});

describe('a model', () => {
  const { name, revision, brandId, sha3_384, sha256, signKeyId } = input.model;
  const model: ModelFacts = { name, revision, brandId, sha3_384, sha256, signKeyId };

  it('is the one that the provenance names', () => expect(modelDifference(model, statement)).toBeUndefined());
  it.each([
    [{ brandId: 'globex' }, 'its brand is globex'],
    [{ name: 'other' }, 'its name is other'],
    [{ revision: 2 }, 'its revision is 2'],
    [{ signKeyId: 'x' }, 'its signing key is x'],
    [{ sha3_384: 'e'.repeat(96) }, 'its SHA3-384 is'],
    [{ sha256: 'e'.repeat(64) }, 'its digests are not those'],
  ] satisfies [Partial<ModelFacts>, string][])('is not with %j', (change, words) => expect(modelDifference({ ...model, ...change }, statement)).toContain(words));
});
