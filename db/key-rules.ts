import type { Headers } from '@/lib/assertion/assertion';
import { AppError } from '@/lib/errors';
import { allowedByConstraints } from '@/lib/trust/constraints';
import type { KeyRow } from './key-rows';

/** How far the store's clock may be ahead of ours: a key just registered is valid all the same. */
export const CLOCK_SKEW_MS = 5 * 60_000;

type Dated = Pick<KeyRow, 'name' | 'state' | 'since' | 'until'>;

/** Throws AppError `conflict` for a retired key. */
export function requireNotRetired({ name, state }: Pick<KeyRow, 'name' | 'state'>): void {
  if (state === 'retired') throw new AppError('conflict', `Key ${name} is retired and never signs again. Use another key, or create one.`);
}

/** Now, in whole seconds, inside the key's validity. Throws AppError `conflict` when the key may not sign now. */
export function signingTime(key: Dated, now = new Date()): Date {
  const first = Math.ceil((key.since?.getTime() ?? 0) / 1000) * 1000;
  const time = new Date(Math.max(Math.floor(now.getTime() / 1000) * 1000, first));
  requireValidAt(key, time, now);
  return time;
}

/** That the key is registered and may sign something of that time now. Throws AppError `conflict`. */
export function requireValidAt(key: Dated, time: Date, now = new Date()): void {
  const { name, state, since, until } = key;
  requireNotRetired(key);
  if (state !== 'registered' || !since) throw new AppError('conflict', `Key ${name} is not registered yet: no device would know it. Register it, then sign.`);
  if (time < since || since.getTime() > now.getTime() + CLOCK_SKEW_MS) throw new AppError('conflict', `Key ${name} may not sign before ${since.toISOString()}.`);
  if (until && (time >= until || now >= until)) throw new AppError('conflict', `Key ${name} expired on ${until.toISOString().slice(0, 10)}. Use another key, or create one.`);
}

/** That the account-key lets the key sign these headers; undefined: nobody knows what is signed. Throws AppError `conflict`. */
export function requireAllowed({ name, constraints }: Pick<KeyRow, 'name' | 'constraints'>, headers: Headers | undefined): void {
  if (constraints === null) return;
  if (!headers) throw new AppError('conflict', `The store limits what key ${name} may sign, and from a digest nobody can tell what it is of. Sign the model in the console or by its API, or use another key.`);
  if (!allowedByConstraints(constraints, headers)) throw new AppError('conflict', `The store limits what key ${name} may sign, and this ${String(headers.type ?? 'assertion')} is not among it. Use another key.`);
}
