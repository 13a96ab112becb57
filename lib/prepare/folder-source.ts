import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Assertion } from '../assertion/assertion';
import { toBase64Url, fromHex } from '../bytes';
import { AppError } from '../errors';
import { findAssertionType, fullPrimaryKey } from '../assertion/types';
import type { HashFile } from './local-files';
import { readSnapInfo } from './read-snap';
import { NO_WORD } from './source';
import type { Offer, OfferedSnap, SnapSource, Wanted } from './source';
import { together } from './together';

type File = { path: string; sizeBytes: number };

/**
 * Snaps of a folder and assertions from anywhere: what has a snap-revision counts, whatever the files are called. A channel is not looked at, there is
 * one file a snap or the one with the highest revision. Throws AppError when the folder cannot be read.
 */
export async function folderSource(folder: string, assertions: readonly Assertion[], hash: HashFile, signal: AbortSignal): Promise<SnapSource> {
  const files = await hashAll(folder, hash, signal);
  const shelf = new Shelf(assertions);

  const offerOf = (revision: Assertion, digest: string, file: File): Offer => ({ sha3_384: digest, sizeBytes: file.sizeBytes, revision: Number(revision.headers['snap-revision'] ?? revision.headers['resource-revision']) });
  const digestsOf = (type: string, header: string): Map<string, Assertion[]> => groupBy(shelf.of(type), (a) => String(a.headers[header]));
  const bySnapId = digestsOf('snap-revision', 'snap-id');
  const fileOf = (revision: Assertion, header: string): [string, File] | undefined => [...files].find(([digest]) => toBase64Url(fromHex(digest)) === revision.headers[header]);

  const findSnap = async ({ name, snapId, revision, components, channel }: Wanted, stop: AbortSignal): Promise<OfferedSnap | string> => {
    const declared = shelf.of('snap-declaration').filter((a) => (snapId === undefined ? a.headers['snap-name'] === name : a.headers['snap-id'] === snapId));
    const candidates = declared.flatMap((declaration) => (bySnapId.get(String(declaration.headers['snap-id'])) ?? []).map((rev) => ({ declaration, rev, found: fileOf(rev, 'snap-sha3-384') })));
    const here = candidates.filter((each) => each.found !== undefined && (revision === undefined || Number(each.rev.headers['snap-revision']) === revision));
    const best = here.sort((a, b) => Number(b.rev.headers['snap-revision']) - Number(a.rev.headers['snap-revision']))[0];
    if (!best) return `The folder ${folder} has no file of the snap ${name}${revision === undefined ? '' : ` at revision ${revision}`} that an assertion speaks of${channel && revision === undefined ? ` (wanted from ${channel})` : ''}.`;
    const [digest, file] = best.found!;
    const info = await readSnapInfo(file.path, { signal: stop });
    const offer = offerOf(best.rev, digest, file);
    const id = String(best.rev.headers['snap-id']);
    const resources = components.map((component) => ({ component, offer: findComponent(id, component, offer.revision) }));
    const missing = resources.find((each) => each.offer === undefined);
    if (missing) return `The folder ${folder} has no file of the component ${name}+${missing.component} for revision ${offer.revision} of its snap.`;
    const publisher = String(best.declaration.headers['publisher-id']);
    return { ...offer, name: String(best.declaration.headers['snap-name']) || name, snapId: id, version: info.version, publisher: { id: publisher, displayName: shelf.accountName(publisher) }, facts: info, about: NO_WORD, redirectChannel: '', components: resources.map((each) => ({ ...each.offer!, name: each.component })) };
  };

  const findComponent = (snapId: string, component: string, snapRevision: number): Offer | undefined => {
    const pairs = shelf.of('snap-resource-pair').filter(({ headers }) => headers['snap-id'] === snapId && headers['resource-name'] === component && Number(headers['snap-revision']) === snapRevision);
    const offers = pairs.flatMap((pair) => {
      const revisions = shelf.of('snap-resource-revision').filter(({ headers }) => headers['snap-id'] === snapId && headers['resource-name'] === component && headers['resource-revision'] === pair.headers['resource-revision']);
      return revisions.flatMap((rev) => {
        const found = fileOf(rev, 'resource-sha3-384');
        return found ? [offerOf(rev, found[0], found[1])] : [];
      });
    });
    return offers.sort((a, b) => b.revision - a.revision)[0];
  };

  return {
    async find(wanted, _device, stop = signal) {
      const answers = await together(wanted, stop, findSnap);
      const missing = answers.filter((answer) => typeof answer === 'string');
      if (missing.length > 0) throw new AppError('snap-unknown', missing.join(' '));
      return answers.filter((answer) => typeof answer !== 'string');
    },
    async fetch({ sha3_384, name }) {
      const file = files.get(sha3_384);
      if (!file) throw new AppError('snap-unknown', `The folder ${folder} has no file of ${name} with the digest ${sha3_384}.`);
      return { path: file.path, cached: true };
    },
    assertion: async (type, primaryKey, _stop, maxFormat) => shelf.find(type, primaryKey, maxFormat),
    latest: async (type, sequenceKey) => shelf.latest(type, sequenceKey),
  };
}

async function hashAll(folder: string, hash: HashFile, signal: AbortSignal): Promise<Map<string, File>> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('folder-missing', `The folder ${folder} cannot be read.`, { cause });
  });
  const files = new Map<string, File>();
  await together(names.filter((name) => /\.(?:snap|comp)$/.test(name)), signal, async (name, stop) => {
    const file = path.resolve(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) files.set(await hash(file, stop), { path: file, sizeBytes: found.size });
  });
  return files;
}

/** Assertions by identity: the highest revision in a format that can be read, or else the highest. */
class Shelf {
  readonly #byRef: Map<string, Assertion[]>;
  readonly #byType: Map<string, Assertion[]>;

  constructor(assertions: readonly Assertion[]) {
    this.#byRef = groupBy(assertions, ({ type, primaryKey }) => refOf(type, primaryKey));
    const best = [...this.#byRef.values()].map((revisions) => highest(revisions, byRevision)!);
    this.#byType = groupBy(best, ({ type }) => type);
  }

  of(type: string): Assertion[] {
    return this.#byType.get(type) ?? [];
  }

  find(type: string, primaryKey: readonly string[], maxFormat?: number): Assertion | undefined {
    return highest(this.#byRef.get(refOf(type, primaryKey)) ?? [], byRevision, maxFormat);
  }

  latest(type: string, sequenceKey: readonly string[]): Assertion | undefined {
    const isOwn = ({ primaryKey }: Assertion) => sequenceKey.every((part, i) => primaryKey[i] === part);
    const own = this.of(type).filter(isOwn);
    return highest(own, (a, b) => Number(a.primaryKey.at(-1)) - Number(b.primaryKey.at(-1)));
  }

  accountName(id: string): string {
    return String(this.find('account', [id])?.headers['display-name'] ?? id);
  }
}

type Compare = (a: Assertion, b: Assertion) => number;
const byRevision: Compare = (a, b) => a.revision - b.revision;

function highest(all: readonly Assertion[], compare: Compare, maxFormat = Infinity): Assertion | undefined {
  const limit = (type: string) => Math.min(findAssertionType(type)?.maxFormat ?? 0, maxFormat);
  const readable = all.filter(({ type, format }) => format <= limit(type));
  return (readable.length > 0 ? readable : [...all]).sort((a, b) => compare(b, a))[0];
}

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Optional parts at the end of a key may be left out. */
function refOf(type: string, primaryKey: readonly string[]): string {
  const known = findAssertionType(type);
  return [type, ...((known && fullPrimaryKey(known, primaryKey)) ?? primaryKey)].join('/');
}
