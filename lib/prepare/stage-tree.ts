import { chmod, copyFile, link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import { AppError } from '../errors';
import type { TreeEntry } from '../seed/tree';
import type { Ext4ErrorCode } from '../tools/ext4';
import type { FilePaths } from './fetch-snaps';

const MAX_NAME_BYTES = 255;
/** Files are not ours to link, or lie on another disk. */
const NO_LINK = ['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP'];

/**
 * Writes a tree into a folder that is not there yet, for a tool that wants files. Snaps are linked where that can be, each once: a second link to the same file
 * would be one in the image too. Links of the tree come last, so that nothing is ever written through one. Throws AppError `ext4-name`.
 */
export async function stageTree(folder: string, tree: readonly TreeEntry[], paths: FilePaths): Promise<void> {
  await mkdir(folder);
  const linked = new Set<string>();
  const isLink = ({ content }: TreeEntry): boolean => content.kind === 'symlink';
  for (const entry of [...tree.filter((each) => !isLink(each)), ...tree.filter(isLink)]) {
    const { content } = entry;
    const target = path.join(folder, ...partsOf(entry.path));
    await mkdir(content.kind === 'directory' ? target : path.dirname(target), { recursive: true });
    if (content.kind === 'bytes') await writeFile(target, content.bytes, { flag: 'wx' });
    if (content.kind === 'symlink') await symlink(content.target, target);
    if (content.kind === 'blob') await linkOrCopy(paths.get(content.sha3_384)!, target, !linked.has(content.sha3_384) && linked.add(content.sha3_384) !== undefined);
  }
}

function partsOf(name: string): string[] {
  const parts = name.split('/');
  const odd = parts.find((part) => part === '' || part === '.' || part === '..' || part.includes('\0') || Buffer.byteLength(part) > MAX_NAME_BYTES);
  if (odd !== undefined) throw new AppError<Ext4ErrorCode>('ext4-name', `The file "${name.slice(0, 120)}" cannot be put on an ext4 file system: a part of its path is empty, "." or "..", or longer than ${MAX_NAME_BYTES} bytes.`);
  return parts;
}

async function linkOrCopy(source: string, target: string, mayLink: boolean): Promise<void> {
  try {
    if (mayLink) return await link(source, target);
  } catch (error) {
    if (!NO_LINK.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  // A copy keeps the mode, which may keep a tool out.
  await chmod(target, 0o600);
}
