import type { Assertion } from '../assertion/assertion';

/** The first link that does not hold, in plain words. */
export type BrokenLink = { code: string; message: string; type: string; primaryKey: string[] };
export type Verdict = { ok: true } | { ok: false; broken: BrokenLink };

/** Trusted accounts and their keys, built in or configured; `production` only when nothing but Canonical's root was needed. */
export type TrustAnchors = { assertions: Assertion[]; embedded: Assertion[] };
