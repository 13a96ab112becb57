import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../errors';
import { Ext4FileSystem, type Ext4Node } from '../image/read/ext4';
import type { Segment } from '../image/plan';
import { contentBytes, isFile, type TreeEntry } from '../seed/tree';
import { readerOf } from '../storage/file-reader';
import { clampSeconds, makeExt4, setInodes, type Ext4ErrorCode, type Ext4Input } from '../tools/ext4';
import type { ContentStore } from './content-store';
import { readExt4Segments } from './ext4-segments';
import type { FilePaths } from './fetch-snaps';
import { stageTree } from './stage-tree';

export type Ext4Content = Omit<Ext4Input, 'tree'> & { tree: readonly TreeEntry[]; /** Where each snap of the tree is, by its digest. */ paths: FilePaths; /** Where its other large files are, and where pieces of the file system go. */ store: ContentStore };

const DIRECTORY_MODE = 0o40755;
const LOST = 'lost+found';
const LOST_MODE = 0o40700;
const KIND_BITS = { file: 0o100000, symlink: 0o120777 } as const;
const FILE_MODE = 0o644;

/**
 * An ext4 file system as segments of exactly `sizeBytes`: what the tool laid out is read back and taken apart into ranges of the snaps, zeros, and the little
 * that is its own. The same input gives the same bytes. Works in a folder of its own below `scratch` and leaves nothing there. Throws AppError with an
 * Ext4ErrorCode, or as runTool.
 */
export async function planExt4(content: Ext4Content, scratch: string | undefined, signal: AbortSignal): Promise<Segment[]> {
  const folder = await openFolder(scratch);
  try {
    await stageTree(path.join(folder, 'tree'), content);
    const file = await makeExt4(folder, { ...content, tree: path.join(folder, 'tree') }, signal);
    await setInodes(folder, modesOf(await withFile(file, async (made) => made.nodes), content.tree), content, signal);
    return await withFile(file, async (made, image) => {
      assertAsAsked(made, content);
      return readExt4Segments(made, image, content, signal);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Its name says whose it is: `sweepHalfWritten` removes what a killed process left. */
async function openFolder(scratch: string | undefined): Promise<string> {
  if (scratch === undefined) return mkdtemp(path.join(tmpdir(), 'imprint-ext4-'));
  const folder = path.join(scratch, `${hostname()}.${process.pid}.${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

async function withFile<T>(file: string, work: (made: Ext4FileSystem, image: Awaited<ReturnType<typeof readerOf>>) => Promise<T>): Promise<T> {
  const handle = await open(file, 'r');
  try {
    const image = await readerOf(handle);
    return await work(await Ext4FileSystem.open(image), image);
  } finally {
    await handle.close();
  }
}

const ROOT_INODE = 2;

function modesOf(nodes: readonly Ext4Node[], tree: readonly TreeEntry[]): { number: number; mode: number }[] {
  const entries = new Map(tree.map((entry) => [entry.path, entry]));
  return [{ number: ROOT_INODE, mode: DIRECTORY_MODE }, ...nodes.map((node) => ({ number: node.number, mode: modeOf(node, entries.get(node.path)) }))];
}

function modeOf({ path: name, kind }: Ext4Node, entry: TreeEntry | undefined): number {
  if (name === LOST) return LOST_MODE;
  if (kind === 'directory') return DIRECTORY_MODE;
  if (kind === 'symlink') return KIND_BITS.symlink;
  return KIND_BITS.file | ((entry && 'mode' in entry ? entry.mode : undefined) ?? FILE_MODE);
}

/** A tool that leaves something out would not always say so. */
function assertAsAsked(made: Ext4FileSystem, { tree, epoch }: Ext4Content): void {
  const fail = (words: string): never => {
    throw new AppError<Ext4ErrorCode>('ext4-failed', `The ext4 file system is not as it was asked for: ${words}.`);
  };
  const entries = new Map(tree.map((entry) => [entry.path, entry]));
  for (const entry of tree) {
    const { path: name } = entry;
    const node = made.find(name);
    const [kind, sizeBytes] = isFile(entry) ? ['file', contentBytes(entry.content)] : [entry.content.kind, undefined];
    if (node?.kind !== kind || (sizeBytes !== undefined && node.sizeBytes !== sizeBytes)) fail(`${name} is missing or another`);
  }
  for (const node of [made.find('')!, ...made.nodes]) {
    if (node.kind !== 'directory' && !entries.has(node.path)) fail(`${node.path} is in it`);
    if (node.uid !== 0 || node.gid !== 0 || (node.path !== '' && node.mode !== modeOf(node, entries.get(node.path))) || node.times.some((time) => time !== clampSeconds(epoch))) fail(`${node.path || 'the root'} has another owner, mode or time`);
  }
}
