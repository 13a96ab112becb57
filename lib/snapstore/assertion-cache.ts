import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assertion } from '../assertion/assertion';
import { decodeAssertion } from '../assertion/decode';
import { encodeAssertion } from '../assertion/encode';
import { ifMissing, toDiskError } from './disk';

/** Assertions by the SHA3-384 of their bytes (lower-case hexadecimal). A store gives only the newest of each; a lock means these very bytes. */
export type AssertionCache = {
  /** Undefined when it is not there, or not what its name says. */
  get(sha3_384: string): Promise<Assertion | undefined>;
  /** Throws AppError disk-full. */
  put(assertion: Assertion): Promise<void>;
};

const digestOf = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

/** Files are kept in `<folder>/assertions/`. */
export function createAssertionCache(folder: string): AssertionCache {
  const dir = join(folder, 'assertions');
  const read = async (digest: string): Promise<Uint8Array | undefined> => {
    if (!/^[0-9a-f]{96}$/.test(digest)) return undefined;
    const bytes = await readFile(join(dir, digest)).catch(ifMissing);
    return bytes && digestOf(bytes) === digest ? new Uint8Array(bytes) : undefined;
  };
  return {
    async get(digest) {
      const bytes = await read(digest);
      return bytes && decodeAssertion(bytes);
    },
    async put(assertion) {
      const bytes = encodeAssertion(assertion);
      const digest = digestOf(bytes);
      if (await read(digest)) return;
      const temp = join(dir, `.${digest}.${randomBytes(6).toString('hex')}`);
      try {
        await mkdir(dir, { recursive: true });
        await writeFile(temp, bytes, { flag: 'wx' });
        await rename(temp, join(dir, digest));
      } catch (error) {
        throw toDiskError(error, dir);
      } finally {
        await rm(temp, { force: true });
      }
    },
  };
}
