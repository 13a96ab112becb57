import type { CopiedFile, CopiedTree } from '../gadget/content';
import { directory, type FileContent, type TreeEntry } from './tree';

/** Files that were read, by their paths in the snap. */
export type ReadFiles = { gadget: ReadonlyMap<string, FileContent>; kernel: ReadonlyMap<string, FileContent> };

/** What a gadget copies, with what is in it. Throws RangeError when a file was not read. */
export const treeOf = (copied: CopiedTree, read: ReadFiles): TreeEntry[] =>
  entriesOf(copied, ({ from, source }) => {
    const content = read[from].get(source);
    if (!content) throw new RangeError(`the ${from}'s ${source} was not read`);
    return content;
  });

/** The same by its sizes alone, before anything is read. */
export const outlineOf = (copied: CopiedTree): TreeEntry[] =>
  entriesOf(copied, ({ sizeBytes }) => ({ kind: 'blob', sha3_384: '', sizeBytes }));

const entriesOf = ({ files, directories }: CopiedTree, contentOf: (file: CopiedFile) => FileContent): TreeEntry[] => [
  ...files.map((file) => ({ path: file.target, content: contentOf(file) })),
  ...directories.filter((path) => !files.some(({ target }) => target.startsWith(`${path}/`))).map(directory),
];
