import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import { parseExt4Path } from '../image/ext4-names';
import { contentSegment } from '../image/segments';
import type { TreeEntry } from '../seed/tree';
import { readSegments } from '../storage/read-segments';
import type { ContentStore } from './content-store';
import type { FilePaths } from './fetch-snaps';

/**
 * Writes a tree into a folder that is not there yet, for a tool that wants files. Snaps are copied, without their bytes where the file system can do that; a link would
 * touch somebody's file, and two to the same would be one in the image too. Links of the tree come last, so that nothing is ever written through one. Throws AppError `ext4-name`.
 */
export async function stageTree(folder: string, { tree, paths, store }: { tree: readonly TreeEntry[]; paths: FilePaths; store: Pick<ContentStore, 'open'> }): Promise<void> {
  await mkdir(folder);
  const isLink = ({ content }: TreeEntry): boolean => content.kind === 'symlink';
  for (const entry of [...tree.filter((each) => !isLink(each)), ...tree.filter(isLink)]) {
    const { content } = entry;
    const target = path.join(folder, ...parseExt4Path(entry.path));
    await mkdir(content.kind === 'directory' ? target : path.dirname(target), { recursive: true });
    if (content.kind === 'bytes') await writeFile(target, content.bytes, { flag: 'wx' });
    if (content.kind === 'symlink') await symlink(content.target, target);
    if (content.kind === 'unpacked') await writeFile(target, readSegments([contentSegment(content)], (digest) => store.open(digest), { reuse: true }), { flag: 'wx' });
    if (content.kind === 'blob') await copy(paths.get(content.sha3_384)!, target);
  }
}

async function copy(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  // A copy keeps the mode, which may keep a tool out.
  await chmod(target, 0o600);
}
