import { join } from 'node:path';
import { env } from '../env';
import type { BlobStore } from './blob-store';
import { LocalStore } from './local-store';

let opened: BlobStore | undefined;

/** Where this installation keeps its artifacts: a folder of the data folder. */
export function openStore(): BlobStore {
  opened ??= new LocalStore(join(env().IMPRINT_DATA, 'artifacts'));
  return opened;
}
