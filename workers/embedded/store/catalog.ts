import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fromUtf8 } from '@/lib/bytes';
import { formatChannel, parseChannel, RISKS } from '@/lib/snap/channel';
import { isSnapName } from '@/lib/snap/names';
import { ifMissing, readIfThere, writeAtomically } from './store-dir';
import type { StoreDir } from './store-dir';

/** A component that goes with a revision of its snap. */
const component = z.object({ name: z.string(), type: z.string(), version: z.string(), revision: z.number().int().positive(), sha3_384: z.string().regex(/^[0-9a-f]{96}$/), sizeBytes: z.number().int() });
export type StockedComponent = z.infer<typeof component>;

const revision = z.object({
  revision: z.number().int().positive(),
  sha3_384: z.string().regex(/^[0-9a-f]{96}$/),
  sizeBytes: z.number().int(),
  version: z.string(),
  type: z.string(),
  base: z.string().nullable(),
  architectures: z.array(z.string()),
  confinement: z.string(),
  createdAt: z.string(),
  /** Not in catalogs of before. */
  components: z.array(component).default([]),
});
export type StockedRevision = z.infer<typeof revision>;

/** `channel` is always whole: track/risk or track/risk/branch. */
const release = z.object({ channel: z.string(), architecture: z.string(), revision: z.number().int(), releasedAt: z.string() });
export type StockedRelease = z.infer<typeof release>;

const stockedSnap = z.object({
  name: z.string(),
  snapId: z.string(),
  publisherId: z.string(),
  title: z.string(),
  summary: z.string(),
  revisions: z.array(revision),
  releases: z.array(release),
});
export type StockedSnap = z.infer<typeof stockedSnap>;

/** What the store sells: a file a snap, read anew for every request, since another process may stock it. */
export type Catalog = {
  get(name: string): Promise<StockedSnap | undefined>;
  put(snap: StockedSnap): Promise<void>;
  list(): Promise<StockedSnap[]>;
};

export function openCatalog(dir: StoreDir): Catalog {
  const file = (name: string) => join(dir.catalog, `${name}.json`);
  const get = async (name: string) => {
    if (!isSnapName(name)) return undefined;
    const bytes = await readIfThere(file(name));
    return bytes && stockedSnap.parse(JSON.parse(fromUtf8(bytes) ?? ''));
  };
  return {
    get,
    put: (snap) => writeAtomically(file(snap.name), `${JSON.stringify(snap, undefined, 2)}\n`),
    async list() {
      const names = (await readdir(dir.catalog).catch(ifMissing)) ?? [];
      const snaps = await Promise.all(names.filter((name) => name.endsWith('.json')).sort().map((name) => get(name.slice(0, -'.json'.length))));
      return snaps.filter((snap) => snap !== undefined);
    },
  };
}

export const isFor = (architecture: string, architectures: string[]): boolean => architectures.includes('all') || architectures.includes(architecture);

/** What a device that follows `channel` gets: a risk without a release falls back to the next safer one, a branch to its risk, never the other way. */
export function findRelease(snap: StockedSnap, channel: string, architecture: string): StockedRelease | undefined {
  const { track = 'latest', risk = 'stable', branch } = parseChannel(channel) ?? { track: '' };
  const safer = RISKS.slice(0, RISKS.indexOf(risk) + 1).reverse();
  const followed = [...(branch === undefined ? [] : [{ track, risk, branch }]), ...safer.map((one) => ({ track, risk: one }))];
  for (const one of followed) {
    const found = snap.releases.find((r) => r.channel === formatChannel(one) && isFor(architecture, [r.architecture]));
    if (found) return found;
  }
  return undefined;
}
