import { describe, expect, it } from 'vitest';
import { fromUtf8 } from '../bytes';
import { makeStatement, statementBytes } from './provenance';
import { sampleInput } from './testing';

const statement = makeStatement(sampleInput({ startedOn: '2026-02-03T04:05:06Z', finishedOn: '2026-02-03T04:05:09Z' }));
const { buildDefinition, runDetails } = statement.predicate;

describe('a provenance statement', () => {
  it('speaks of every form of the image', () => {
    expect(statement).toMatchObject({ _type: 'https://in-toto.io/Statement/v1', predicateType: 'https://slsa.dev/provenance/v1' });
    expect(statement.subject).toEqual([
      { name: 'acme-box-r1-build42.img.zst', digest: { sha256: 'c'.repeat(64) } },
      { name: 'acme-box-r1-build42.img', digest: { sha256: 'd'.repeat(64) } },
    ]);
  });

  it('names the model by its digest and the key that signed it, and what was asked for', () => {
    expect(buildDefinition.externalParameters).toEqual({
      model: { brandId: 'acme', brandName: 'Acme (Devices) Ltd', name: 'acme-box', revision: 1, sha3_384: '7'.repeat(96), signKeyId: 'k'.repeat(64) },
      options: { label: '20260101', epoch: 1_767_225_600, sectorSize: 512, sizeProfile: 'full', imageSizes: {}, bootFlags: [], extraAssertions: [], validationSets: [] },
    });
  });

  it('names everything that went in, by digests under the names that in-toto has for them', () => {
    expect(buildDefinition.resolvedDependencies.map(({ uri }) => uri)).toEqual([
      'assertion:model/16/acme/acme-box?revision=1',
      'snap:snapd?revision=21759',
      'snap:pc-kernel?revision=1938',
      'snap:pc-kernel%2Bwifi?revision=7',
      'snap:core24?revision=490',
      'snap:pc?revision=178',
      'snap:box-app?revision=x1',
      'assertion:account/acme?revision=0',
    ]);
    expect(buildDefinition.resolvedDependencies[0]!.digest).toEqual({ sha256: '8'.repeat(64), sha3_384: '7'.repeat(96) });
    expect(buildDefinition.resolvedDependencies[2]).toMatchObject({ digest: { sha256: 'b'.repeat(64), sha3_384: '2'.repeat(96) }, annotations: { revision: '1938', channel: '24/stable', snapId: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza' } });
  });

  it('names the builder, the run and what came out beside the image', () => {
    expect(runDetails).toEqual({
      builder: { id: 'https://console.example', version: { Imprint: '0.1.0' } },
      metadata: { invocationId: 'acme/42', startedOn: '2026-02-03T04:05:06Z', finishedOn: '2026-02-03T04:05:09Z' },
      byproducts: [{ name: 'acme-box-r1-build42.model', digest: { sha256: '8'.repeat(64) }, mediaType: 'application/x.ubuntu.assertion' }],
    });
  });

  it('tells no run and no times where there are none', () => expect(makeStatement(sampleInput({ buildNumber: undefined })).predicate.runDetails.metadata).toEqual({}));

  it('is the same bytes for the same build, whatever the order of keys', () => {
    const reordered = { ...sampleInput(), lock: Object.fromEntries(Object.entries(sampleInput().lock).reverse()) as ReturnType<typeof sampleInput>['lock'] };
    expect(statementBytes(makeStatement(reordered))).toEqual(statementBytes(makeStatement(sampleInput())));
    expect(JSON.parse(fromUtf8(statementBytes(statement))!)).toEqual(statement);
  });
});
