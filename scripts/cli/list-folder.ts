import { lstatSync, readdirSync, readlinkSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { SnapListing, type SnapEntry } from '../../lib/gadget/listing';
import { MAX_INODES } from '../../lib/tools/squashfs-superblock';
import { FileTrouble, Refusal } from './failure';

/** What is in an unpacked snap, as its own listing would have it; no link is followed. Throws Refusal `squashfs-too-big`, FileTrouble. */
export function listFolder(root: string): SnapListing {
  const entries: SnapEntry[] = [];
  const walk = (folder: string): void => {
    for (const found of read(path.join(root, folder))) {
      if (entries.length >= MAX_INODES) throw new Refusal('squashfs-too-big', `${root} has more than ${MAX_INODES} files.`);
      const own = folder === '' ? found.name : `${folder}/${found.name}`;
      entries.push(entryOf(root, own, found));
      if (found.isDirectory()) walk(own);
    }
  };
  walk('');
  return new SnapListing(entries);
}

function read(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new FileTrouble(`${folder} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

function entryOf(root: string, name: string, found: Dirent): SnapEntry {
  const file = path.join(root, name);
  if (found.isDirectory()) return { path: name, type: 'directory', sizeBytes: 0 };
  if (found.isSymbolicLink()) return { path: name, type: 'symlink', sizeBytes: 0, target: readlinkSync(file) };
  return found.isFile() ? { path: name, type: 'file', sizeBytes: lstatSync(file).size } : { path: name, type: 'other', sizeBytes: 0 };
}
