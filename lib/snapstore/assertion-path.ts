import type { Assertion } from '../assertion/assertion';
import { findAssertionType, fullPrimaryKey, shortPrimaryKey } from '../assertion/types';
import type { AssertionType } from '../assertion/types';
import { AppError } from '../errors';
import { TryAgain } from './retry';

/**
 * Where a store has an assertion. Optional keys at their default are left out, and a sequence number, or `latest`, rides in the query.
 * Throws AppError `invalid` for a key that no assertion can have.
 */
export function assertionPath(typeName: string, primaryKey: string[], maxFormat = Infinity): { path: string; query: Record<string, string> } {
  const type = findAssertionType(typeName);
  const full = type && fullPrimaryKey(type, primaryKey);
  if (!type || !full || full.length === 0 || full.some((part) => part === '.' || part === '..')) {
    throw new AppError('invalid', `There can be no ${typeName || 'nameless'} assertion under the key "${primaryKey.join('/')}".`);
  }
  const named = type.sequence ? full.slice(0, -1) : shortPrimaryKey(type, full);
  return {
    path: ['v2/assertions', type.name, ...named.map(encodeURIComponent)].join('/'),
    query: { 'max-format': String(Math.min(type.maxFormat, maxFormat)), ...(type.sequence && { sequence: full.at(-1) ?? '' }) },
  };
}

/** Throws TryAgain when the store gave another assertion than the one that was asked for. */
export function assertAnswers(assertion: Assertion, typeName: string, primaryKey: string[], host: string): void {
  const type = findAssertionType(typeName);
  const asked = (type && fullPrimaryKey(type, primaryKey)) ?? [];
  const same = assertion.type === typeName && assertion.primaryKey.length === asked.length && assertion.primaryKey.every((part, i) => part === asked[i] || isLatest(type, asked, i));
  if (!same) throw new TryAgain(`${host} answered with another assertion than ${typeName} ${primaryKey.join('/')}`);
}

const isLatest = (type: AssertionType | undefined, asked: string[], index: number) => type?.sequence === true && index === asked.length - 1 && asked[index] === 'latest';
