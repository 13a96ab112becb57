import { join } from 'node:path';
import { env } from '../env';
import type { BlobStore } from './blob-store';
import { LocalStore } from './local-store';

let opened: BlobStore | undefined;

/** Where this installation keeps its artifacts: a folder of the data folder. */
export const artifactsFolder = (): string => join(env().IMPRINT_DATA, 'artifacts');

export function openStore(): BlobStore {
  opened ??= new LocalStore(artifactsFolder());
  return opened;
}
