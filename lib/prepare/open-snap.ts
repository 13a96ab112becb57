import { tmpdir } from 'node:os';
import { AppError } from '../errors';
import type { GadgetErrorCode } from '../gadget/gadget';
import { SnapListing } from '../gadget/listing';
import type { FileContent } from '../seed/tree';
import { listSnap, readSnapFiles, takeSnapFiles } from '../tools/squashfs';
import type { ListedEntry } from '../tools/squashfs-listing';
import type { SquashfsErrorCode } from '../tools/squashfs-superblock';
import { keepContent, type ContentStore, type Unpacked } from './content-store';
import { recall, remember } from './read-snap';
import { count, inMegabytes, type Teller } from './teller';
import type { VerifiedSnap } from './verify-snaps';

/** Texts, boot loaders and device trees; what is larger, a kernel or its first file system, is never in memory as a whole. */
const MAX_HELD_FILE_BYTES = 2 ** 20;
const MAX_HELD_BYTES = 256 * 2 ** 20;
/** Of all files of a snap together, held or not. */
const MAX_TAKEN_BYTES = 2 ** 30;

/** A gadget or kernel whose files are looked at; nothing is read twice. */
export type OpenSnap = {
  name: string;
  path: string;
  listing: SnapListing<ListedEntry>;
  /** Into memory, of each file at most 1 MiB, of all 256 MiB. Throws AppError as readSnapFiles does. */
  read(names: readonly string[]): Promise<Map<string, Uint8Array>>;
  /** As they go into an image: those that are larger than 1 MiB are kept in the store. Throws AppError as takeSnapFiles does. */
  content(names: readonly string[]): Promise<Map<string, FileContent>>;
};

/** `scratch` as in `PrepareInput`. */
export type UnpackMeans = { store: ContentStore; scratch: string | undefined };

export async function openSnap(snaps: readonly VerifiedSnap[], type: 'gadget' | 'kernel', { store, scratch = tmpdir() }: UnpackMeans, { signal, log }: Teller): Promise<OpenSnap> {
  const snap = snaps.find(({ found, modelSnap }) => modelSnap?.type === type || (modelSnap === undefined && found.facts.type === type));
  if (!snap) throw new AppError(`${type}-missing`, `None of the snaps is a ${type}${type === 'gadget' ? ', so nothing says how the disk is laid out' : ''}.`);
  const { name, sha3_384 } = snap.found;
  const entries = await listSnap(snap.path, { signal });
  const listing = new SnapListing(entries);
  const sizeOf = (each: string): number => listing.get(each)?.sizeBytes ?? 0;
  const held = new Map<string, Uint8Array>();
  const taken = new Set<string>();
  const spend = (names: readonly string[], atMost: number, isCounted: (each: string) => boolean) => {
    for (const each of names) taken.add(each);
    const bytes = [...taken].filter(isCounted).reduce((sum, each) => sum + sizeOf(each), 0);
    if (bytes > atMost) throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The image would take ${bytes} bytes out of the ${type} ${name}; at most ${atMost} are taken.`);
  };
  const isLarge = (each: string): boolean => sizeOf(each) > MAX_HELD_FILE_BYTES;

  const read: OpenSnap['read'] = async (names) => {
    spend(names, MAX_HELD_BYTES, (each) => !isLarge(each));
    const missing = names.filter((each) => !held.has(each));
    if (missing.length > 0) for (const [each, bytes] of await readSnapFiles(snap.path, missing, { signal, listing: entries, maxFileBytes: MAX_HELD_FILE_BYTES })) held.set(each, bytes);
    return new Map(names.map((each) => [each, held.get(each)!]));
  };
  /** What an earlier build has unpacked of these very bytes need not be unpacked again. */
  const keep = async (names: readonly string[]): Promise<Map<string, FileContent>> => {
    spend(names, MAX_TAKEN_BYTES, () => true);
    const kept = new Map<string, FileContent>();
    for (const each of names) {
      const known = recall<Unpacked>(sha3_384, `file ${each}`);
      if (known && (await store.stat(known.sha3_384))) kept.set(each, remember(sha3_384, `file ${each}`, known));
    }
    const missing = names.filter((each) => !kept.has(each));
    if (missing.length === 0) return kept;
    const made = await takeSnapFiles(snap.path, missing, scratch, (bytes) => keepContent(store, bytes, signal), { signal, listing: entries });
    for (const [each, content] of made) kept.set(each, remember(sha3_384, `file ${each}`, content));
    log(`unpacked ${count(made.size, 'large file')} of the ${type} ${name}, ${inMegabytes([...made.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}`);
    return kept;
  };
  return {
    name,
    path: snap.path,
    listing,
    read,
    async content(names) {
      const wanted = [...new Set(names)];
      const bytes = await read(wanted.filter((each) => !isLarge(each)));
      const kept = await keep(wanted.filter(isLarge));
      return new Map(wanted.map((each) => [each, kept.get(each) ?? { kind: 'bytes', bytes: bytes.get(each)! }]));
    },
  };
}

export const hasFile = ({ listing }: OpenSnap, name: string): boolean => listing.get(name)?.type === 'file';

/** Of a real gadget the marker of its boot loader may be a link to another of its files. */
const MAX_LINKS = 8;

/**
 * The file that a name at the root of a snap means, links within the snap followed; undefined when there is none. A link is text to us, never asked of this
 * machine's file system. Throws AppError `gadget-symlink` for one that leads out of the snap, or round and round.
 */
export function followLinks({ name: snap, listing }: OpenSnap, name: string): string | undefined {
  const refuse = (why: string): never => {
    throw new AppError<GadgetErrorCode>('gadget-symlink', `${name} of the gadget ${snap} is a symbolic link that ${why}; put the file itself there.`);
  };
  let at = name;
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    const entry = listing.get(at);
    if (entry?.type !== 'symlink') return entry && at;
    at = targetOf(at, entry.target ?? '') ?? refuse('leads out of it');
  }
  return refuse('leads to links only');
}

/** undefined when it is absolute or climbs above the root. */
function targetOf(link: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined;
  const parts = link.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (!['', '.', '..'].includes(part)) parts.push(part);
  }
  return parts.join('/');
}
