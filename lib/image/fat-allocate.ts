import { contentBytes, type TreeFile } from '../seed/tree';
import { entriesIn, listDirectories, type FatDirectory, type FatFile, type SizedFile } from './fat-tree';

export const ENTRY_BYTES = 32;
export const FIRST_CLUSTER = 2;

export type SeedFile = TreeFile & SizedFile;
export type Node = FatFile<SeedFile> | FatDirectory<SeedFile>;
/** Node, first cluster, length in bytes. */
export type Chain = [node: Node, cluster: number, length: number];
export type Allocation = { chains: Chain[]; starts: Map<Node, number>; parentClusters: Map<Node, number>; /** Clusters given away. */ used: number };

export const withSizes = (files: readonly TreeFile[]): SeedFile[] => files.map((file) => ({ ...file, sizeBytes: contentBytes(file.content) }));

/** Clusters for every directory and file, in one piece each: directories, then files, then snaps. `inRoot`: those of the root directory are no clusters, as in FAT16. */
export function allocate(root: FatDirectory<SeedFile>, clusterBytes: number, { inRoot = false } = {}): Allocation {
  const directories = listDirectories(root);
  const files = directories.flatMap((d) => d.children.filter((c) => c.kind === 'file'));
  const isSnap = (f: (typeof files)[number]): boolean => f.file.content.kind === 'blob';
  const starts = new Map<Node, number>();
  const chains: Chain[] = [];
  let next = FIRST_CLUSTER;
  const give = (node: Node, length: number) => {
    if (length === 0) return;
    starts.set(node, next);
    chains.push([node, next, length]);
    next += Math.ceil(length / clusterBytes);
  };
  for (const directory of directories) if (!inRoot || directory !== root) give(directory, entriesIn(directory) * ENTRY_BYTES);
  for (const file of [...files.filter((f) => !isSnap(f)), ...files.filter(isSnap)]) give(file, file.file.sizeBytes);
  const parentClusters = new Map<Node, number>();
  for (const parent of directories) for (const child of parent.children) parentClusters.set(child, parent === root ? 0 : starts.get(parent)!);
  return { chains, starts, parentClusters, used: next - FIRST_CLUSTER };
}
