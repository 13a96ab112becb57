import { describe, expect, it } from 'vitest';
import { LIMITS, makeLimits } from './limits';

const small = { ...LIMITS, 'sign-in': { points: 2, duration: 60 }, share: { points: 3, duration: 60 }, 'wrong-share': { points: 2, duration: 60 }, 'wrong-token': { points: 2, duration: 60 } };
const limited = expect.objectContaining({ code: 'rate-limited', details: { retryAfterSeconds: expect.any(Number) as number } });

describe('limits', () => {
  it('let so many sign-ins of one address through, and say when to come again', async () => {
    const limits = makeLimits(small);
    await limits.admit('/api/auth/signin/oidc', '203.0.113.9');
    await limits.admit('/api/auth/callback/oidc', '203.0.113.9');
    const refused: unknown = await limits.admit('/api/auth/signin/oidc', '203.0.113.9').catch((error: unknown) => error);
    expect(refused).toEqual(limited);
    expect((refused as { details: { retryAfterSeconds: number } }).details.retryAfterSeconds).toBeGreaterThan(50);
    await limits.admit('/api/auth/signin/oidc', '203.0.113.10');
  });
  it('count the whole /64 of IPv6 as one', async () => {
    const limits = makeLimits(small);
    await limits.admit('/s/a', '2001:db8::1');
    await limits.admit('/s/a', '2001:db8::2');
    await limits.admit('/s/a/download/x', '2001:db8::3');
    await expect(limits.admit('/s/a', '2001:db8::4')).rejects.toEqual(limited);
  });
  it('stop somebody who tries links that do not open', async () => {
    const limits = makeLimits(small);
    for (const status of [404, 200, 410]) await limits.punish('/s/guess', '203.0.113.9', status);
    await expect(limits.admit('/s/other', '203.0.113.9')).rejects.toEqual(limited);
    await limits.admit('/s/other', '203.0.113.10');
  });
  it('stop somebody who tries API tokens that are none, and their browser not', async () => {
    const limits = makeLimits(small);
    for (const status of [401, 200, 403, 401]) await limits.punish('/api/v1/me', '203.0.113.9', status, true);
    await limits.punish('/api/v1/me', '203.0.113.10', 401, true);
    await expect(limits.admit('/api/v1/acme/keys', '203.0.113.9', true)).rejects.toEqual(limited);
    await limits.admit('/api/v1/acme/keys', '203.0.113.9');
    await limits.admit('/api/v1/acme/keys', '203.0.113.10', true);
  });
  it('leave everything else alone', async () => {
    const limits = makeLimits(small);
    for (let i = 0; i < 10; i += 1) {
      await limits.admit('/acme/builds', '203.0.113.9');
      await limits.punish('/acme/none', '203.0.113.9', 404);
      await limits.punish('/api/v1/me', '203.0.113.9', 401);
    }
  });
});
