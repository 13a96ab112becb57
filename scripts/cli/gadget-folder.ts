import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fromUtf8 } from '../../lib/bytes';
import type { ContentSources } from '../../lib/gadget/content';
import { parseKernelYaml, type KernelAssets } from '../../lib/gadget/kernel-yaml';
import { lookUpIn } from '../../lib/gadget/links';
import type { SnapListing } from '../../lib/gadget/listing';
import { FileTrouble, Refusal } from './failure';
import { listFolder } from './list-folder';

const MAX_TEXT_BYTES = 2 ** 20;

/** Of a file, which may be a link to one. Throws Refusal `gadget-too-big`, FileTrouble. */
function readFile(file: string): Uint8Array {
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

/** Throws Refusal `gadget-yaml-syntax`, as the image does. */
function readText(file: string): string {
  const text = fromUtf8(readFile(file));
  if (text === undefined) throw new Refusal('gadget-yaml-syntax', `${path.basename(file)} is not UTF-8.`);
  return text;
}

export type UnpackedGadget = {
  yaml: Uint8Array;
  /** Undefined where there is no folder. */
  listing: SnapListing | undefined;
  /** Of a file at its root; undefined when there is none. */
  textOf: (name: string) => string | undefined;
};

/**
 * gadget.yaml of an unpacked gadget, or the file itself, which belongs to the folder above its folder meta; `word` is
 * what the caller named. Throws as `listFolder`, Refusal `gadget-too-big`.
 */
export function readGadget(where: string, word: string): UnpackedGadget {
  const found = statSync(where, { throwIfNoEntry: false });
  if (!found) throw new FileTrouble(`${word} cannot be read: there is no such file.`);
  const folder = path.dirname(where);
  const root = found.isDirectory() ? where : path.basename(folder) === 'meta' ? path.dirname(folder) : undefined;
  const yaml = readFile(found.isDirectory() ? path.join(where, 'meta', 'gadget.yaml') : where);
  if (root === undefined) return { yaml, listing: undefined, textOf: () => undefined };
  const listing = listFolder(root);
  return { yaml, listing, textOf: (name) => (lookUpIn(listing)(name)?.type === 'file' ? readText(path.join(root, name)) : undefined) };
}

export type KernelSources = Pick<ContentSources, 'kernel' | 'assets'>;
export const NO_KERNEL: KernelSources = { kernel: undefined, assets: new Map() };

/** An unpacked kernel; of one that has nothing but `meta` the files are not looked at. Throws as `listFolder` and `parseKernelYaml`. */
export function readKernel(folder: string): KernelSources {
  const file = path.join(folder, 'meta', 'kernel.yaml');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new FileTrouble(`${folder} is no folder.`);
  const kernel = listFolder(folder);
  const hasFiles = [...kernel].some((entry) => entry.path !== 'meta' && !entry.path.startsWith('meta/'));
  const assets: KernelAssets = statSync(file, { throwIfNoEntry: false }) ? parseKernelYaml(readFile(file)) : new Map();
  return { kernel: hasFiles ? kernel : undefined, assets };
}
