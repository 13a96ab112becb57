import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { decodeStream } from '../assertion/decode';
import { utf8 } from '../bytes';
import { AppError } from '../errors';
import { SNAPD_CHECKS } from '../keys/assertion-checks';
import { publicKeyWithin } from '../keys/public-key';
import { CANONICAL_ROOTS, GENERIC } from './canonical-roots';
import type { TrustAnchors } from './types';

/**
 * Canonical's root always, and `embedded`: root accounts and account-keys of stores that are not for production.
 * Throws AppError `anchor-invalid` when one of these is of another type, lacks its account, holds a key with another id, or takes the place of a built-in one.
 */
export function trustAnchors(embedded: Assertion[] = []): TrustAnchors {
  const assertions = decodeStream(utf8(CANONICAL_ROOTS), { checks: SNAPD_CHECKS });
  const predefined = decodeStream(utf8(GENERIC), { checks: SNAPD_CHECKS });
  const taken = new Set([...assertions, ...predefined].map(assertionRef));
  const accounts = new Set(embedded.filter((a) => a.type === 'account').map((a) => a.primaryKey[0]));
  for (const anchor of embedded) {
    const refuse = (why: string, cause?: unknown): never => {
      throw new AppError('anchor-invalid', `The trust anchor ${assertionRef(anchor)} cannot be used: ${why}.`, { cause });
    };
    if (anchor.type !== 'account' && anchor.type !== 'account-key') refuse('only accounts and account-keys can be anchors');
    if (taken.has(assertionRef(anchor))) refuse('it would take the place of a built-in one');
    if (anchor.type !== 'account-key') continue;
    if (!accounts.has(String(anchor.headers['account-id']))) refuse('its account is not among the anchors');
    try {
      publicKeyWithin(anchor);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refuse(error.message, error);
    }
  }
  return { assertions, predefined, embedded };
}
