import type { CopiedTree } from '../gadget/content';
import { directory, type FileContent, type TreeEntry } from './tree';

/** Files that were read, by their paths in the snap. */
export type ReadFiles = { gadget: ReadonlyMap<string, FileContent>; kernel: ReadonlyMap<string, FileContent> };

/** What a gadget copies, with what is in it. Throws RangeError when a file was not read. */
export const treeOf = ({ files, directories }: CopiedTree, read: ReadFiles): TreeEntry[] => [
  ...files.map(({ from, source, target }) => {
    const content = read[from].get(source);
    if (!content) throw new RangeError(`the ${from}'s ${source} was not read`);
    return { path: target, content };
  }),
  ...directories.filter((path) => !files.some(({ target }) => target.startsWith(`${path}/`))).map(directory),
];
