import { z } from 'zod';
import { instant, personRef } from './common';
import { SCOPES } from '../access';

/** asleep: its person has not signed in for TOKEN_REST_DAYS · orphaned: its person is no longer in the brand. Both end by themselves when the reason does. */
export const TOKEN_STATES = ['active', 'asleep', 'orphaned', 'expired', 'revoked'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

/** What the identity provider says of a person is heard at their sign-ins: after so many days without one, their tokens rest until the next. */
export const TOKEN_REST_DAYS = 90;
export const TOKEN_MAX_DAYS = 365;

export const tokenView = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  state: z.enum(TOKEN_STATES),
  owner: personRef,
  /** Whether it acts for who is asking. */
  mine: z.boolean(),
  createdAt: instant,
  expiresAt: instant,
  /** To the minute. */
  lastUsedAt: instant.nullable(),
  lastUsedAddress: z.string().nullable(),
  revokedAt: instant.nullable(),
  revokedBy: personRef.nullable(),
});
export type TokenView = z.infer<typeof tokenView>;

export const tokenName = z.string().trim().min(1, 'Give it a name, such as that of the machine which will use it.').max(60, 'Use at most 60 characters.').regex(/^[^\p{Cc}\p{Surrogate}]*$/u, 'Use one line of plain text.');

export const createTokenRequest = z.strictObject({
  name: tokenName,
  scopes: z.array(z.enum(SCOPES)).min(1, 'Choose at least one thing that it may do.').transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
  expiresInDays: z.number().int().min(1).max(TOKEN_MAX_DAYS, 'A token lasts a year at most.').default(90),
});
export type CreateTokenRequest = z.infer<typeof createTokenRequest>;

/** The one time the secret is told; only its hash is kept. */
export const createdToken = z.object({ token: tokenView, secret: z.string() });
export type CreatedToken = z.infer<typeof createdToken>;

/** A SHA-512 that is made elsewhere, to be signed as RSASSA-PKCS1-v1_5 does: what snapd's RSA-PKCS asks of a key manager. */
export const digestRequest = z.strictObject({
  /** Base64 of its 64 bytes. */
  digest: z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/, 'This must be the base64 of a SHA-512, which has 64 bytes.'),
  mechanism: z.literal('RSA-PKCS', 'The one mechanism there is, is RSA-PKCS.'),
});
export type DigestRequest = z.infer<typeof digestRequest>;

/** `signature`: base64, as long as the key's modulus. */
export const digestSignature = z.object({ keyId: z.string(), signature: z.string() });
export type DigestSignature = z.infer<typeof digestSignature>;
