import { AppError } from '../errors';
import type { GadgetErrorCode } from '../gadget/gadget';
import { SnapListing } from '../gadget/listing';
import { listSnap, readSnapFiles } from '../tools/squashfs';
import type { ListedEntry } from '../tools/squashfs-listing';
import type { SquashfsErrorCode } from '../tools/squashfs-superblock';
import type { VerifiedSnap } from './verify-snaps';

/** Files of gadget and kernel are held in memory: boot loaders, kernels and device trees, not payloads. */
const MAX_CONTENT_BYTES = 256 * 2 ** 20;

/** A gadget or kernel whose files are looked at. What was read is kept, so that nothing is read twice and all of it together stays below 256 MiB. */
export type OpenSnap = { name: string; listing: SnapListing<ListedEntry>; /** Each of at most `maxFileBytes`. Throws as readSnapFiles does. */ read(names: string[], maxFileBytes?: number): Promise<Map<string, Uint8Array>> };

export async function openSnap(snaps: readonly VerifiedSnap[], type: 'gadget' | 'kernel', signal: AbortSignal): Promise<OpenSnap> {
  const snap = snaps.find(({ found, modelSnap }) => modelSnap?.type === type || (modelSnap === undefined && found.facts.type === type));
  if (!snap) throw new AppError(`${type}-missing`, `None of the snaps is a ${type}${type === 'gadget' ? ', so nothing says how the disk is laid out' : ''}.`);
  const { name } = snap.found;
  const entries = await listSnap(snap.path, { signal });
  const listing = new SnapListing(entries);
  const held = new Map<string, Uint8Array>();
  let heldBytes = 0;
  return {
    name,
    listing,
    async read(names, maxFileBytes = MAX_CONTENT_BYTES) {
      const missing = [...new Set(names)].filter((each) => !held.has(each));
      heldBytes += missing.reduce((sum, each) => sum + (listing.get(each)?.sizeBytes ?? 0), 0);
      if (heldBytes > MAX_CONTENT_BYTES) throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The image would take ${heldBytes} bytes out of the ${type} ${name}; at most ${MAX_CONTENT_BYTES} are taken.`);
      if (missing.length > 0) for (const [each, bytes] of await readSnapFiles(snap.path, missing, { signal, listing: entries, maxFileBytes })) held.set(each, bytes);
      return new Map(names.map((each) => [each, held.get(each)!]));
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
