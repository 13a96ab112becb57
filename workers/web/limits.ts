import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '@/lib/errors';
import { limitKey } from './client-address';

/** Requests by one address in so many seconds. A sign-in takes three; a download manager opens sixteen connections at once. */
export const LIMITS = {
  'sign-in': { points: 120, duration: 60 },
  share: { points: 300, duration: 60 },
  'wrong-share': { points: 20, duration: 600 },
  // Generous: nobody guesses 256 bits, and a job with an old token is not to lock out its neighbours for long.
  'wrong-token': { points: 60, duration: 60 },
} as const;
type Name = keyof typeof LIMITS;

const SIGN_IN = /^\/api\/auth\//;
const SHARE = /^\/s\//;

export type Limits = {
  /** Throws AppError `rate-limited` with `retryAfterSeconds` in its details. */
  admit(path: string, address: string, byToken?: boolean): Promise<void>;
  /** A share link that did not open, an API token that is none: guessing is stopped long before it could succeed. */
  punish(path: string, address: string, status: number, byToken?: boolean): Promise<void>;
};

export function makeLimits(limits: Record<Name, { points: number; duration: number }> = LIMITS): Limits {
  const each = (name: Name) => new RateLimiterMemory({ keyPrefix: name, ...limits[name] });
  const signIn = each('sign-in');
  const share = each('share');
  const wrongShare = each('wrong-share');
  const wrongToken = each('wrong-token');
  return {
    async admit(path, address, byToken = false) {
      const key = limitKey(address);
      if (byToken) await assertBelow(wrongToken, key);
      if (SIGN_IN.test(path)) await consume(signIn, key);
      if (!SHARE.test(path)) return;
      await assertBelow(wrongShare, key);
      await consume(share, key);
    },
    async punish(path, address, status, byToken = false) {
      if (byToken && status === 401) await wrongToken.penalty(limitKey(address), 1);
      if (SHARE.test(path) && (status === 404 || status === 410)) await wrongShare.penalty(limitKey(address), 1);
    },
  };
}

async function assertBelow(limiter: RateLimiterMemory, key: string): Promise<void> {
  const wrong = await limiter.get(key);
  if (wrong && wrong.consumedPoints >= limiter.points) throw tooMany(wrong);
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) throw tooMany(refused);
    throw refused;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new AppError('rate-limited', `Too many requests from your address. Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}.`, { details: { retryAfterSeconds } });
}
