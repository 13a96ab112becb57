import type { Assertion } from '../../lib/assertion/assertion';
import { Refusal } from './failure';

/** `absent`: the file is not here, so nothing is said of it. */
export type Check = { check: 'signature' | 'checksums' | 'checksum' | 'model' | 'chain' | 'lock' | 'list'; file: string; status: 'ok' | 'absent'; message: string };

export const ok = (check: Check['check'], file: string, message: string): Check => ({ check, file, status: 'ok', message });
export const absent = (check: Check['check'], file: string, message = 'not here'): Check => ({ check, file, status: 'absent', message });

/** Throws Refusal `evidence-mismatch` when there is a difference. */
export function expectSame(file: string, difference: string | undefined): void {
  if (difference !== undefined) throw new Refusal('evidence-mismatch', `${file}: ${difference[0]!.toUpperCase()}${difference.slice(1)}.`);
}

/** The documents that are here, by name, each of the bytes that its checksum tells. */
export type Documents = ReadonlyMap<string, Buffer>;

/** Roots that are believed without a signature, and the time at which keys have to be valid. */
export type Trust = { trusted: readonly Assertion[]; now: Date };
