/**
 * What an image is made of, to the last digest: the same lock gives the same bytes, whenever and wherever it is built.
 * Everything in the image is derived from it; tool versions, times and paths are not in it.
 */
export type LockedSnap = {
  name: string;
  /** Absent for a file that no assertion speaks of. */
  snapId?: string;
  type: string;
  /** Negative for a file that no assertion speaks of. */
  revision: number;
  /** Lower-case hexadecimal. */
  sha3_384: string;
  sizeBytes: number;
  /** As recorded in the seed. */
  channel: string;
  /** False: an extra beside the model. */
  inModel: boolean;
  auxInfo: { private: boolean; contact: string; links: Record<string, string[]> };
  components: { name: string; revision: number; sha3_384: string; sizeBytes: number }[];
};

export type LockedAssertion = { type: string; primaryKey: string[]; revision: number; /** Of the encoded assertion. */ sha3_384: string };

export const LOCK_FORMAT = 2;

export type BuildLock = {
  format: typeof LOCK_FORMAT;
  model: { brandId: string; model: string; revision: number; sha3_384: string };
  /** Name of the recovery system, `YYYYMMDD`. */
  label: string;
  /** Seconds since 1970; every date in the image. */
  epoch: number;
  sectorSize: 512 | 4096;
  sizeProfile: 'full' | 'flash';
  /** Bytes, by volume; only those that were asked for. */
  imageSizes: Record<string, number>;
  bootFlags: string[];
  /** In seed order. */
  snaps: LockedSnap[];
  validationSets: { accountId: string; name: string; sequence: number }[];
  assertions: LockedAssertion[];
  /** Of those assertions, what was given to be seeded beside, by their digests. */
  extraAssertions: string[];
};

/** RFC 8785: keys in UTF-16 order, no white space. The lock holds only strings, booleans and integers, for which JSON.stringify already writes what the RFC wants. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** What the image's identifiers are derived from, before hashing with SHA-256. */
export const lockSeed = (lock: BuildLock): string => `uc-image/1\0${canonicalJson(lock)}`;
