import type { Assertion } from '../assertion/assertion';
import { findAssertionType, fullPrimaryKey, shortPrimaryKey } from '../assertion/types';
import { AppError } from '../errors';
import { TryAgain } from './retry';

/** In place of a sequence number: the highest that there is. */
export const LATEST = 'latest';

/**
 * Where a store has an assertion. Optional keys at their default are left out, and the sequence number, or
 * `latest`, is in the query (snapd store/store_asserts.go Assertion, SeqFormingAssertion). Undefined for a key
 * that no assertion can have. Throws AppError `invalid` for a type that has no such keys.
 */
export function assertionPath(
  typeName: string,
  primaryKey: string[],
  maxFormat = Infinity,
): { path: string; query: Record<string, string> } | undefined {
  const type = findAssertionType(typeName);
  const least = type ? type.primaryKey.length - Object.keys(type.defaults).length : 0;
  if (!type || least === 0 || primaryKey.length < least || primaryKey.length > type.primaryKey.length) {
    throw new AppError(
      'invalid',
      `There can be no ${typeName || 'nameless'} assertion under the key "${primaryKey.join('/')}".`,
    );
  }
  const full = fullPrimaryKey(type, primaryKey);
  const sequence = type.sequence ? full?.at(-1) : undefined;
  const isNone = full?.some((part) => part === '.' || part === '..') ?? true;
  if (!full || isNone || (sequence !== undefined && !/^(?:latest|[1-9][0-9]*)$/.test(sequence)))
    return undefined;
  const named = type.sequence ? full.slice(0, -1) : shortPrimaryKey(type, full);
  return {
    path: ['v2/assertions', type.name, ...named.map(encodeURIComponent)].join('/'),
    query: {
      'max-format': String(Math.min(type.maxFormat, maxFormat)),
      ...(sequence !== undefined && { sequence }),
    },
  };
}

/** Throws TryAgain when the store gave another assertion than the one that was asked for. */
export function assertAnswers(
  assertion: Assertion,
  typeName: string,
  primaryKey: string[],
  host: string,
): void {
  const type = findAssertionType(typeName);
  const asked = (type && fullPrimaryKey(type, primaryKey)) ?? [];
  const fixed = type?.sequence && asked.at(-1) === LATEST ? asked.slice(0, -1) : asked;
  if (assertion.type === typeName && fixed.every((part, i) => part === assertion.primaryKey[i])) return;
  throw new TryAgain(`${host} answered with another assertion than ${typeName} ${primaryKey.join('/')}`);
}
