import type { CopiedFile } from '../gadget/content';
import type { TreeFile } from './tree';

/** Files that a gadget copies, with their bytes. Throws RangeError when one was not read. */
export const treeOf = (copied: readonly CopiedFile[], read: ReadonlyMap<string, Uint8Array>): TreeFile[] =>
  copied.map(({ source, target }) => {
    const bytes = read.get(source);
    if (!bytes) throw new RangeError(`the gadget's ${source} was not read`);
    return { path: target, content: { kind: 'bytes', bytes } };
  });
