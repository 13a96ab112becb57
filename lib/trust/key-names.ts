import type { Assertion } from '../assertion/assertion';
import { validityOf } from './validity';

type Claim = { key: Assertion; since: bigint; given: number };

/**
 * An account has one key of a name (snapd asserts/account_key.go). snapd lets the key that it saw first have it; here that is a root's, then the one whose validity
 * begins first, and only between two that begin together the one that was given first.
 */
export class KeyNames {
  private readonly claims = new Map<string, Claim[]>();
  private given = 0;
  private sorted = false;

  constructor(private readonly anchors: readonly Assertion[]) {
    for (const anchor of anchors) if (anchor.type === 'account-key') this.add(anchor);
  }

  add(key: Assertion): void {
    const name = nameOf(key);
    if (name === undefined) return;
    this.given += 1;
    const claim = { key, since: this.anchors.includes(key) ? -(2n ** 80n) : validityOf(key).since, given: this.given };
    const claims = this.claims.get(name);
    if (claims) claims.push(claim);
    else this.claims.set(name, [claim]);
    this.sorted = false;
  }

  /** The key with another id that comes before this one and `stands`. */
  holder(name: string, claimant: Assertion, stands: (key: Assertion) => boolean): Assertion | undefined {
    this.sort();
    for (const { key } of this.claims.get(name) ?? []) {
      if (key === claimant) return undefined;
      if (key.primaryKey[0] !== claimant.primaryKey[0] && stands(key)) return key;
    }
    return undefined;
  }

  private sort(): void {
    if (this.sorted) return;
    for (const claims of this.claims.values()) claims.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : a.given - b.given));
    this.sorted = true;
  }
}

/** The name of an account-key with the account that it is a name in; undefined for keys without. */
export function nameOf({ type, headers }: Assertion): string | undefined {
  const { name } = headers;
  return type === 'account-key' && typeof name === 'string' && name !== '' ? `name ${String(headers['account-id'])} ${name}` : undefined;
}
