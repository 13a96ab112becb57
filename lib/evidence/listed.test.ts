import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors';
import { writeCycloneDx } from './cyclonedx';
import type { EvidenceInput } from './input';
import { cycloneDxSnaps, differenceFromLock, holdsLock, lockFacts, manifestFacts, seedManifestDifference, spdxSnaps } from './listed';
import type { ListedSnap } from './listed';
import { makeStatement } from './provenance';
import { parseSeedManifest, writeSeedManifest } from './seed-manifest';
import { writeSpdx } from './spdx';
import { sampleInput, sha256 } from './testing';
import { lockDifference, parseStatement, statementSnaps } from './verify';

const input = sampleInput();
const lock = lockFacts(JSON.stringify(input.lock));
const statementOf = (of: EvidenceInput) => parseStatement(JSON.stringify(makeStatement(of)));

const LISTS: [string, (of: EvidenceInput) => ListedSnap[]][] = [
  ['SPDX', (of) => spdxSnaps(writeSpdx(of, sha256))],
  ['CycloneDX', (of) => cycloneDxSnaps(writeCycloneDx(of, sha256))],
  ['provenance', (of) => statementSnaps(statementOf(of))],
];

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'read';
};

describe.each(LISTS)('the snaps in %s', (_, listed) => {
  const changed = (change: (snap: EvidenceInput['snaps'][number], i: number) => Partial<EvidenceInput['snaps'][number]>) => differenceFromLock(listed({ ...input, snaps: input.snaps.map((snap, i) => ({ ...snap, ...change(snap, i) })) }), lock);

  it('are those of the lock', () => expect(differenceFromLock(listed(input), lock)).toBeUndefined());

  it('differ by a revision', () => expect(changed((_, i) => (i === 3 ? { revision: 179 } : {}))).toBe('it has revision 179 of pc, the lock has 178'));
  it('differ by what is asserted', () => expect(changed((_, i) => (i === 4 ? { revision: 1 } : {}))).toBe('it has revision 1 of box-app, the lock has x1'));
  it('differ by a digest', () => expect(changed((_, i) => (i === 0 ? { sha3_384: 'f'.repeat(96) } : {}))).toBe("its SHA3-384 of snapd is not the lock's"));
  it('differ by an id', () => expect(changed((_, i) => (i === 3 ? { snapId: 'x'.repeat(32) } : {}))).toBe(`its id of pc is ${'x'.repeat(32)}, the lock's is UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH`));
  it('differ by an id that is missing', () => expect(changed((_, i) => (i === 3 ? { snapId: undefined } : {}))).toContain('its id of pc is none'));
  it('differ by a component', () => expect(changed(() => ({ components: [] }))).toBe('it lacks pc-kernel+wifi, which the lock has'));
  it('differ by a component of another revision', () => expect(changed(({ components }) => ({ components: components?.map((part) => ({ ...part, revision: 8 })) }))).toBe('it has revision 8 of pc-kernel+wifi, the lock has 7'));
  it('differ by a snap more, less or twice', () => {
    const [first] = input.snaps as [EvidenceInput['snaps'][number]];
    expect(differenceFromLock(listed({ ...input, snaps: input.snaps.slice(1) }), lock)).toBe('it lacks snapd, which the lock has');
    expect(differenceFromLock(listed({ ...input, snaps: [...input.snaps, { ...first, name: 'extra' }] }), lock)).toBe('it has extra, which the lock has not');
    expect(differenceFromLock(listed({ ...input, snaps: [first, ...input.snaps] }), lock)).toBe('it lists snapd twice');
  });
});

describe('manifest.json', () => {
  const manifest = { format: 1, lock: input.lock, snaps: input.snaps.map(({ name, snapId, revision, sha3_384 }) => ({ name, snapId, revision: revision ?? -1, sha3_384 })) };
  const text = JSON.stringify(manifest);

  it('lists the snaps of the lock without their components', () => {
    expect(differenceFromLock(manifestFacts(text).snaps, lock, { withComponents: false })).toBeUndefined();
    expect(differenceFromLock(manifestFacts(text).snaps, lock)).toContain('pc-kernel+wifi');
    expect(manifestFacts(text).lock).toEqual(lock);
  });
  it('holds the lock itself, in any order of keys', () => {
    const reordered = Object.fromEntries(Object.entries(input.lock).reverse());
    expect(holdsLock(text, JSON.stringify(reordered, undefined, 2))).toBe(true);
    expect(holdsLock(text, JSON.stringify({ ...input.lock, epoch: 1 }))).toBe(false);
  });
});

describe('seed.manifest against the lock', () => {
  const difference = (text: string, of: Partial<EvidenceInput['lock']> = {}) => seedManifestDifference(parseSeedManifest(text), lockFacts(JSON.stringify({ ...input.lock, ...of })));
  const own = writeSeedManifest(input)!;

  it('has its snaps', () => expect(difference(own)).toBeUndefined());
  it('may have no other snap, no other revision, and none missing', () => {
    expect(difference(`${own}extra 1\n`)).toBe('it has extra, which the lock has not');
    expect(difference(own.replace('pc 178', 'pc 1'))).toBe('it has revision 1 of pc, the lock has 178');
    expect(difference(own.replace('pc 178\n', ''))).toBe('it lacks pc, which the lock has');
  });
  it('has its validation sets, which may fix the revisions of other snaps', () => {
    const validationSets = [{ accountId: 'acme', name: 'box', sequence: 3 }];
    expect(difference(`acme/box=3\n${own.replace('pc 178\n', '')}`, { validationSets })).toBeUndefined();
    expect(difference(own, { validationSets })).toContain('acme/box 3');
    expect(difference(`acme/box 4\n${own}`, { validationSets })).toContain('acme/box 4');
    expect(difference(`acme/box 3\n${own}`)).toContain('acme/box 3');
  });
});

describe('the provenance against the lock', () => {
  it('is about its model and its snaps', () => {
    expect(lockDifference(statementOf(input), lock)).toBeUndefined();
    expect(lockDifference(statementOf({ ...input, model: { ...input.model, revision: 2 } }), lock)).toContain('it names the model acme/acme-box, revision 2');
    expect(lockDifference(statementOf({ ...input, snaps: [] }), lock)).toContain('it lacks snapd');
  });
  it('is refused when it does not tell the digest of a snap', () => {
    const statement = makeStatement(input);
    delete statement.predicate.buildDefinition.resolvedDependencies[1]!.digest!['sha3_384'];
    expect(refusal(() => statementSnaps(parseStatement(JSON.stringify(statement))))).toBe('evidence-malformed');
  });
});

describe('a document that is none', () => {
  it.each([
    ['lock', lockFacts],
    ['manifest', manifestFacts],
    ['SPDX', spdxSnaps],
    ['CycloneDX', cycloneDxSnaps],
    ['statement', parseStatement],
  ])('is refused: %s', (_, read: (text: string) => unknown) => {
    for (const text of ['', '{', 'null', '[]', '{}', '{"snaps":1}', '{"packages":[{}]}', '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}']) expect(refusal(() => read(text))).toBe('evidence-malformed');
  });
  it('is refused with the place where it is no JSON', () => {
    expect(() => lockFacts('{\n  "format": 5,\n}')).toThrow('This lock is no JSON: there is "}" instead of a name in quotes (line 3, column 1).');
  });
  it('is refused when it lists a snap without its digest or its revision', () => {
    const spdx = JSON.parse(writeSpdx(input, sha256)) as { packages: { checksums: unknown[]; externalRefs?: { referenceLocator: string }[] }[] };
    spdx.packages[1]!.checksums = [];
    expect(refusal(() => spdxSnaps(JSON.stringify(spdx)))).toBe('evidence-malformed');
    const cycloneDx = JSON.parse(writeCycloneDx(input, sha256)) as { components: { properties: unknown[] }[] };
    cycloneDx.components[1]!.properties = [];
    expect(refusal(() => cycloneDxSnaps(JSON.stringify(cycloneDx)))).toBe('evidence-malformed');
  });
});
