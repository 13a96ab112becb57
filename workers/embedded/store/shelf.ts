import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assertion } from '@/lib/assertion/assertion';
import { decodeAssertion } from '@/lib/assertion/decode';
import { encodeAssertion } from '@/lib/assertion/encode';
import { findAssertionType, fullPrimaryKey } from '@/lib/assertion/types';
import { ifMissing, readIfThere, writeAtomically } from './store-dir';
import type { StoreDir } from './store-dir';

/** The assertions of the store, one a file, named by type and primary key. */
export type Shelf = {
  get(type: string, primaryKey: string[]): Promise<Assertion | undefined>;
  put(assertion: Assertion): Promise<void>;
  list(type: string): Promise<Assertion[]>;
};

export function openShelf(dir: StoreDir): Shelf {
  const file = (type: string, key: readonly string[]) => join(dir.assertions, type, key.map(encodeURIComponent).join(','));
  const read = async (path: string) => {
    const bytes = await readIfThere(path);
    return bytes && decodeAssertion(bytes);
  };
  return {
    async get(typeName, primaryKey) {
      const type = findAssertionType(typeName);
      const key = type && fullPrimaryKey(type, primaryKey);
      // Names longer than a file's, or with NUL, are no keys of anything here.
      if (!key || key.some((part) => part.length > 100 || part.includes('\0'))) return undefined;
      return read(file(typeName, key));
    },
    put: (assertion) => writeAtomically(file(assertion.type, assertion.primaryKey), encodeAssertion(assertion)),
    async list(typeName) {
      const names = (await readdir(join(dir.assertions, typeName)).catch(ifMissing)) ?? [];
      const found = await Promise.all(names.filter((name) => !name.startsWith('.')).map((name) => read(join(dir.assertions, typeName, name))));
      return found.filter((assertion) => assertion !== undefined);
    },
  };
}
