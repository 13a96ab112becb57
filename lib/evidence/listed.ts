import { z } from 'zod';
import { canonicalJson } from '../build/lock';
import type { BuildLock } from '../build/lock';
import { compareBytes } from '../bytes';
import { AppError } from '../errors';
import { parseJson } from '../json/parse-json';
import { revisionWord } from '../seed/seed-snap';
import { PROPERTY } from './cyclonedx';
import type { SeedManifest } from './seed-manifest';

/** A snap, or a component as `snap+component`, as one of the documents lists it. `sha3_384` is lower-case hexadecimal; revisions are words (`5`, `x1`). */
export type ListedSnap = { name: string; snapId?: string | undefined; revision: string; sha3_384: string };

const malformed = (what: string, cause?: unknown): AppError => new AppError('evidence-malformed', `This is no ${what} that this program writes.`, { cause });

/** Reads JSON of this shape. Throws AppError `evidence-malformed`. */
export function readJson<T>(text: string, shape: z.ZodType<T>, what: string): T {
  const read = shape.safeParse(parseJson(text, `This ${what}`, { code: 'evidence-malformed' }));
  if (!read.success) throw malformed(what, read.error);
  return read.data;
}

const component = z.object({ name: z.string(), revision: z.number(), sha3_384: z.string() });
const lockShape = z.object({
  model: z.object({ brandId: z.string(), model: z.string(), revision: z.number(), sha3_384: z.string() }),
  snaps: z.array(z.object({ name: z.string(), snapId: z.string().optional(), revision: z.number(), sha3_384: z.string(), components: z.array(component).default([]) })),
  validationSets: z.array(z.object({ accountId: z.string(), name: z.string(), sequence: z.number() })).default([]),
});

/** As much of a lock as the other documents repeat. */
export type LockFacts = { model: BuildLock['model']; validationSets: BuildLock['validationSets']; snaps: ListedSnap[] };

const factsOf = ({ model, validationSets, snaps }: z.infer<typeof lockShape>): LockFacts => ({
  model,
  validationSets,
  snaps: snaps.flatMap(({ name, snapId, revision, sha3_384, components }) => [
    { name, snapId, revision: revisionWord(revision), sha3_384 },
    ...components.map((part) => ({ name: `${name}+${part.name}`, revision: revisionWord(part.revision), sha3_384: part.sha3_384 })),
  ]),
});

export const lockFacts = (text: string): LockFacts => factsOf(readJson(text, lockShape, 'lock'));

const manifestShape = z.object({ lock: lockShape, snaps: z.array(z.object({ name: z.string(), snapId: z.string().nullish(), revision: z.union([z.number(), z.string()]).nullish(), sha3_384: z.string() })) });

/** Whether a manifest.json holds this very lock, whatever the order and the white space. Both have been read before. */
export const holdsLock = (manifestText: string, lockText: string): boolean => canonicalJson((JSON.parse(manifestText) as { lock: unknown }).lock) === canonicalJson(JSON.parse(lockText));

/** Of a manifest.json: the lock in it, and the snaps that it lists beside; those have no components. */
export function manifestFacts(text: string): { lock: LockFacts; snaps: ListedSnap[] } {
  const { lock, snaps } = readJson(text, manifestShape, 'manifest.json');
  const word = (revision: number | string | null | undefined): string => (typeof revision === 'string' ? revision : revisionWord(revision ?? -1));
  return { lock: factsOf(lock), snaps: snaps.map(({ name, snapId, revision, sha3_384 }) => ({ name, snapId: snapId || undefined, revision: word(revision), sha3_384 })) };
}

const spdxShape = z.object({
  spdxVersion: z.literal('SPDX-2.3'),
  packages: z.array(
    z.object({
      SPDXID: z.string(),
      name: z.string(),
      checksums: z.array(z.object({ algorithm: z.string(), checksumValue: z.string() })).default([]),
      externalRefs: z.array(z.object({ referenceType: z.string(), referenceLocator: z.string() })).default([]),
    }),
  ),
});

/** Of an SPDX document: the packages that its own kind of reference names a snap by. */
export function spdxSnaps(text: string): ListedSnap[] {
  const what = 'SPDX document';
  return readJson(text, spdxShape, what)
    .packages.filter(({ SPDXID }) => /^SPDXRef-(?:Snap|Component)-/.test(SPDXID))
    .map(({ name, checksums, externalRefs }) => {
      const locator = externalRefs.find(({ referenceType }) => referenceType.endsWith('#LocationRef-snap'))?.referenceLocator;
      const [, id, revision] = /^([^/]+)\/([^/]+)$/.exec(locator ?? '') ?? [];
      const sha3_384 = checksums.find(({ algorithm }) => algorithm === 'SHA3-384')?.checksumValue;
      if (id === undefined || revision === undefined || sha3_384 === undefined) throw malformed(what);
      return { name, ...(id !== name && !id.includes('+') && { snapId: id }), revision, sha3_384 };
    });
}

type CycloneDxComponent = { name: string; hashes: { alg: string; content: string }[]; properties: { name: string; value: string }[]; components: CycloneDxComponent[] };
const cycloneDxComponent: z.ZodType<CycloneDxComponent> = z.lazy(() =>
  z.object({
    name: z.string(),
    hashes: z.array(z.object({ alg: z.string(), content: z.string() })).default([]),
    properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
    components: z.array(cycloneDxComponent).default([]),
  }),
);
const cycloneDxShape = z.object({ bomFormat: z.literal('CycloneDX'), specVersion: z.literal('1.6'), components: z.array(cycloneDxComponent) });

/** Of a CycloneDX list: its components and theirs. */
export function cycloneDxSnaps(text: string): ListedSnap[] {
  const what = 'CycloneDX list';
  const listed = ({ name, hashes, properties, components }: CycloneDxComponent): ListedSnap[] => {
    const property = (wanted: string): string | undefined => properties.find((each) => each.name === wanted)?.value;
    const sha3_384 = hashes.find(({ alg }) => alg === 'SHA3-384')?.content;
    const [snapId, revision] = [property(PROPERTY.snapId), property(PROPERTY.revision)];
    if (revision === undefined || sha3_384 === undefined) throw malformed(what);
    return [{ name, snapId, revision, sha3_384 }, ...components.flatMap(listed)];
  };
  return readJson(text, cycloneDxShape, what).components.flatMap(listed);
}

/**
 * The first way in which a list differs from the lock, as a sentence; undefined when both say the same. A manifest.json lists snaps alone, everything else
 * (`withComponents`) their components too.
 */
export function differenceFromLock(listed: readonly ListedSnap[], lock: LockFacts, { withComponents = true }: { withComponents?: boolean } = {}): string | undefined {
  const wanted = lock.snaps.filter(({ name }) => withComponents || !name.includes('+'));
  const found = new Map<string, ListedSnap>();
  for (const snap of listed) {
    if (found.has(snap.name)) return `it lists ${snap.name} twice`;
    found.set(snap.name, snap);
  }
  for (const { name, snapId, revision, sha3_384 } of wanted) {
    const snap = found.get(name);
    if (!snap) return `it lacks ${name}, which the lock has`;
    if (snap.revision !== revision) return `it has revision ${snap.revision} of ${name}, the lock has ${revision}`;
    if (snap.sha3_384 !== sha3_384) return `its SHA3-384 of ${name} is not the lock's`;
    if (snap.snapId !== snapId) return `its id of ${name} is ${snap.snapId ?? 'none'}, the lock\'s is ${snapId ?? 'none'}`;
    found.delete(name);
  }
  const [extra] = found.keys();
  return extra === undefined ? undefined : `it has ${extra}, which the lock has not`;
}

/** As `differenceFromLock`, of a seed.manifest: snaps whose revision a validation set fixes are not in it, and which those are the lock does not say. */
export function seedManifestDifference({ revisions, validationSets }: SeedManifest, lock: LockFacts): string | undefined {
  const locked = new Map(lock.snaps.filter(({ name }) => !name.includes('+')).map(({ name, revision }) => [name, revision]));
  for (const [name, revision] of revisions) {
    const own = locked.get(name);
    if (own === undefined) return `it has ${name}, which the lock has not`;
    if (own !== revisionWord(revision)) return `it has revision ${revisionWord(revision)} of ${name}, the lock has ${own}`;
  }
  const sets = (list: Iterable<{ accountId: string; name: string; sequence: number }>): string[] => [...list].map(({ accountId, name, sequence }) => `${accountId}/${name} ${sequence}`).sort(compareBytes);
  const [mine, locks] = [sets(validationSets.values()), sets(lock.validationSets)];
  const differs = [...mine, ...locks].find((set) => !mine.includes(set) || !locks.includes(set));
  if (differs !== undefined) return `it and the lock do not have the same validation sets: ${differs}`;
  const missing = lock.validationSets.length > 0 ? undefined : [...locked.keys()].find((name) => !revisions.has(name));
  return missing === undefined ? undefined : `it lacks ${missing}, which the lock has`;
}
