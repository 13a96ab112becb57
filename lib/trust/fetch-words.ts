import { findAssertionType, shortPrimaryKey } from '../assertion/types';
import { shown } from './broken';
import type { AssertionRef } from './types';

/** What to ask a store for (`GET <store>/v2/assertions/…`), in words. */
export function fetchWords({ type, primaryKey }: AssertionRef): string {
  const known = findAssertionType(type);
  return `fetch assertions/${[type, ...(known ? shortPrimaryKey(known, primaryKey) : primaryKey)].map(shown).join('/')}`;
}
