import type { LookUp } from './check-content';
import type { SnapEntry, SnapListing } from './listing';

/** More in one path is a circle. */
const MAX_LINKS = 8;

/** The entry that a path from the root of a snap means, links within the snap followed, those of its folders too; undefined when there is none. A link that leads out is itself what stands there: whoever copies it refuses it. */
function entryAt(entries: SnapListing, path: string, left = MAX_LINKS): SnapEntry | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return undefined;
  for (let i = 1; i <= parts.length; i += 1) {
    const entry = entries.get(parts.slice(0, i).join('/'));
    if (entry?.type !== 'symlink') continue;
    const target = entry.target ?? '';
    if (left === 0 || target.startsWith('/') || target.includes('..')) return entry;
    return entryAt(entries, [...parts.slice(0, i - 1), target, ...parts.slice(i)].join('/'), left - 1);
  }
  return parts.length === 0 ? { path: '', type: 'directory', sizeBytes: 0 } : entries.get(parts.join('/'));
}

/** What stands at paths of a snap. */
export function lookUpIn(entries: SnapListing): LookUp {
  return (path) => {
    const found = entryAt(entries, path);
    return found && { type: found.type === 'file' || found.type === 'directory' ? found.type : 'other', sizeBytes: found.sizeBytes };
  };
}
