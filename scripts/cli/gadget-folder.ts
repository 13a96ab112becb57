import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ContentSources } from '../../lib/gadget/content';
import { parseKernelYaml, type KernelAssets } from '../../lib/gadget/kernel-yaml';
import type { SnapListing } from '../../lib/gadget/listing';
import { FileTrouble, Refusal } from './failure';
import { listFolder } from './list-folder';

const MAX_TEXT_BYTES = 2 ** 20;

/** Of a file, which may be a link to one. Throws Refusal `gadget-too-big`, FileTrouble. */
function readYaml(file: string): Uint8Array {
  try {
    const found = statSync(file);
    if (!found.isFile()) throw new FileTrouble(`${file} is no file.`);
    if (found.size > MAX_TEXT_BYTES) throw new Refusal('gadget-too-big', `${file} has ${found.size} bytes; at most ${MAX_TEXT_BYTES} are read.`);
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    if (error instanceof Refusal || error instanceof FileTrouble) throw error;
    throw new FileTrouble(`${file} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

/**
 * gadget.yaml of an unpacked gadget, or the file itself, which belongs to the folder above its folder meta; `word` is
 * what the caller named. Throws as `listFolder`, Refusal `gadget-too-big`.
 */
export function readGadget(where: string, word: string): { yaml: Uint8Array; listing: SnapListing | undefined } {
  const found = statSync(where, { throwIfNoEntry: false });
  if (!found) throw new FileTrouble(`${word} cannot be read: there is no such file.`);
  const folder = path.dirname(where);
  const root = found.isDirectory() ? where : path.basename(folder) === 'meta' ? path.dirname(folder) : undefined;
  const yaml = readYaml(found.isDirectory() ? path.join(where, 'meta', 'gadget.yaml') : where);
  return { yaml, listing: root === undefined ? undefined : listFolder(root) };
}

export type KernelSources = Pick<ContentSources, 'kernel' | 'assets'>;
export const NO_KERNEL: KernelSources = { kernel: undefined, assets: new Map() };

/** An unpacked kernel; of one that has nothing but `meta` the files are not looked at. Throws as `listFolder` and `parseKernelYaml`. */
export function readKernel(folder: string): KernelSources {
  const file = path.join(folder, 'meta', 'kernel.yaml');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new FileTrouble(`${folder} is no folder.`);
  const kernel = listFolder(folder);
  const hasFiles = [...kernel].some((entry) => entry.path !== 'meta' && !entry.path.startsWith('meta/'));
  const assets: KernelAssets = statSync(file, { throwIfNoEntry: false }) ? parseKernelYaml(readYaml(file)) : new Map();
  return { kernel: hasFiles ? kernel : undefined, assets };
}
