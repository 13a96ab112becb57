import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashLinkToken, makeLinkToken, sameTokenHash } from './link-token';

describe('link tokens', () => {
  it('hold 256 random bits, in characters that need no escape in an address', () => {
    const tokens = Array.from({ length: 200 }, () => makeLinkToken().token);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set(tokens).size).toBe(200);
  });

  it('are kept as their SHA-256', () => {
    const { token, hash } = makeLinkToken();
    expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(hashLinkToken(token)).toBe(hash);
    expect(hash).not.toContain(token);
  });

  it('are compared by hash, and nonsense is only unequal', () => {
    const { token, hash } = makeLinkToken();
    expect(sameTokenHash(hashLinkToken(token), hash)).toBe(true);
    for (const wrong of ['', 'x', `${token} `, token.slice(1), '\ud800', 'é'.repeat(5000)]) expect(sameTokenHash(hashLinkToken(wrong), hash)).toBe(false);
    expect(sameTokenHash(hash, hash.slice(1))).toBe(false);
  });
});
