import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Assertion } from '../../assertion/assertion';
import { decodeStream } from '../../assertion/decode';
import { hashFile } from '../../snapstore/hash-file';
import { LocalStore } from '../../storage/local-store';
import { folderSource } from '../folder-source';
import { NO_OPTIONS, type ImageOptions } from '../options';
import { prepareImage, type PreparedImage, type PrepareInput } from '../prepare-image';
import type { MadeSet } from './make-set';

const signal = new AbortController().signal;
const teller = { signal, progress: () => undefined, log: () => undefined, say: () => undefined };

export const assertionsOf = async (file: string): Promise<Assertion[]> =>
  decodeStream(new Uint8Array(await readFile(file)));

/** For tests: the image of a set out of its folder, prepared in June 2026. */
export async function prepareSet(
  set: MadeSet,
  options: Partial<ImageOptions> = {},
  more: Partial<PrepareInput> = {},
): Promise<PreparedImage> {
  const [model] = await assertionsOf(set.model);
  const given = await assertionsOf(path.join(set.assertions, 'all.assert'));
  const input: PrepareInput = {
    model: model!,
    options: { ...NO_OPTIONS, ...options },
    source: await folderSource(set.snaps, given, hashFile, signal),
    anchors: { assertions: [], predefined: [], embedded: await assertionsOf(set.roots) },
    trustedPublishers: [],
    now: new Date('2026-06-01T00:00:00Z'),
    hash: hashFile,
    content: new LocalStore(path.join(set.folder, 'content')),
    ...more,
  };
  return prepareImage(input, (_name, work) => work(teller));
}
