import { findAssertionType, fullPrimaryKey } from '../assertion/types';
import { fromHex, toBase64Url } from '../bytes';
import type { BuildLock } from '../build/lock';
import type { AssertionCache } from '../snapstore/assertion-cache';
import type { SnapCache } from '../snapstore/snap-cache';
import { readSnapInfo } from './read-snap';
import { NO_WORD, type OfferedSnap, type SnapSource, type Wanted } from './source';

/** The same source, which keeps every assertion that it gives. */
export function keepAssertions(source: SnapSource, cache: AssertionCache): SnapSource {
  const keep = async (asked: ReturnType<SnapSource['assertion']>): ReturnType<SnapSource['assertion']> => {
    const found = await asked;
    if (found) await cache.put(found);
    return found;
  };
  return { ...source, assertion: (type, primaryKey, signal, maxFormat) => keep(source.assertion(type, primaryKey, signal, maxFormat)), latest: (type, sequenceKey, signal) => keep(source.latest(type, sequenceKey, signal)) };
}

type Caches = { snaps: SnapCache; assertions: AssertionCache };

/**
 * A source for an image that is made again by its lock: what the lock names and the caches hold is not asked for, so that a store is not needed where
 * they hold all of it. What they lack comes from `source`.
 */
export function lockedSource(source: SnapSource, lock: BuildLock, { snaps, assertions }: Caches): SnapSource {
  const keyOf = (type: string, primaryKey: readonly string[]): string => {
    const known = findAssertionType(type);
    return [type, ...((known && fullPrimaryKey(known, primaryKey)) ?? primaryKey)].join('/');
  };
  const locked = new Map(lock.assertions.map(({ type, primaryKey, sha3_384 }) => [keyOf(type, primaryKey), sha3_384]));
  // A file that nobody vouched for then, and a store that nobody described.
  const unasserted = new Set(lock.snaps.filter(({ snapId }) => snapId === undefined).map(({ sha3_384 }) => toBase64Url(fromHex(sha3_384))));
  const isKnownToBeNone = (type: string, [first = '']: readonly string[]): boolean => type === 'store' || (type === 'snap-revision' && unasserted.has(first));

  async function held({ name, snapId, components, channel }: Wanted, signal: AbortSignal | undefined): Promise<OfferedSnap | undefined> {
    const snap = lock.snaps.find((each) => each.name === name && each.snapId !== undefined && (snapId === undefined || each.snapId === snapId));
    const parts = components.map((component) => snap?.components.find((each) => each.name === component));
    if (!snap || !(await snaps.has(snap.sha3_384, snap.sizeBytes))) return undefined;
    for (const part of parts) if (!part || !(await snaps.has(part.sha3_384, part.sizeBytes))) return undefined;
    const facts = await readSnapInfo(snaps.path(snap.sha3_384), { signal });
    const { sha3_384, sizeBytes, revision } = snap;
    return { name, snapId: snap.snapId!, revision, sha3_384, sizeBytes, version: facts.version, publisher: { id: '', displayName: '' }, facts, about: NO_WORD, redirectChannel: snap.channel === channel ? '' : snap.channel, components: parts.flatMap((part) => part ?? []) };
  }

  return {
    ...source,
    async find(wanted, device, signal) {
      const here = await Promise.all(wanted.map((each) => held(each, signal)));
      const missing = wanted.filter((_, i) => here[i] === undefined);
      const rest = missing.length > 0 ? await source.find(missing, device, signal) : [];
      let next = 0;
      return here.map((each) => each ?? rest[next++]!);
    },
    async assertion(type, primaryKey, signal, maxFormat) {
      const digest = locked.get(keyOf(type, primaryKey));
      if (digest === undefined && isKnownToBeNone(type, primaryKey)) return undefined;
      return (digest === undefined ? undefined : await assertions.get(digest)) ?? source.assertion(type, primaryKey, signal, maxFormat);
    },
  };
}
