import type { CopiedTree } from '../gadget/content';
import { directory, textFile, type TreeEntry } from './tree';

/** The bytes of files that were read, by their paths in the snap. */
export type ReadFiles = { gadget: ReadonlyMap<string, Uint8Array>; kernel: ReadonlyMap<string, Uint8Array> };

/** What a gadget copies, with its bytes. Throws RangeError when a file was not read. */
export const treeOf = ({ files, directories }: CopiedTree, read: ReadFiles): TreeEntry[] => [
  ...files.map(({ from, source, target }) => {
    const bytes = read[from].get(source);
    if (!bytes) throw new RangeError(`the ${from}'s ${source} was not read`);
    return textFile(target, bytes);
  }),
  ...directories.filter((path) => !files.some(({ target }) => target.startsWith(`${path}/`))).map(directory),
];
