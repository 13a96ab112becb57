import { eq } from 'drizzle-orm';
import type { KeyPurpose } from '@/lib/api/keys';
import type { Headers } from '@/lib/assertion/assertion';
import { toHex } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { openPrivateKey } from '@/lib/keys/seal';
import { localSigner, sha512 } from '@/lib/keys/signer';
import type { Signer } from '@/lib/keys/signer';
import type { SigningKey } from '@/lib/keys/signing-key';
import { assertMay } from './change';
import type { Ctx } from './context';
import { requireKey } from './key-rows';
import type { KeyRow } from './key-rows';
import { requireAllowed, requireNotRetired, requireValidAt, signingTime } from './key-rules';
import { recordKeyUse } from './key-uses';
import { masterKey } from './master-key';
import { brand } from './schema/brands';

export type SignerUse = {
  /** `request`, the key's own registration, is all that a key may sign that is not registered. */
  purpose: Extract<KeyPurpose, 'model' | 'request' | 'digest'>;
  /** What comes of it, as the rest of a sentence: "model kiosk revision 3". */
  subject: string;
  /** What is signed; left out where nobody can know, as with a digest: then a key with constraints does not sign. */
  headers?: Headers;
  /** That the signature is of; now when left out. */
  time?: Date;
};

/**
 * The one way to a private key: `work` has a signer while it runs, once state, dates and constraints of the key allow what is to be signed, and each signature
 * that it makes is written to the log of uses, in the transaction of `ctx.db` where there is one. Nothing gives a private key out.
 * Throws AppError `conflict` for a key that may not sign this, or is kept offline, and what the key's own signer throws.
 */
export async function withSigner<T>(ctx: Ctx, name: string, use: SignerUse, work: (signer: Signer) => Promise<T>): Promise<T> {
  assertMay(ctx, use.purpose === 'request' ? 'key.register' : 'model.sign');
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const key = await requireKey(ctx, tx, name, 'share');
    requireMay(key, use);
    const digests: string[] = [];
    const result = await work(noting(await reach(within, key), digests));
    for (const digest of digests) await recordKeyUse(within, key.id, { purpose: use.purpose, subject: use.subject, digest });
    return result;
  });
}

function requireMay(key: KeyRow, { purpose, headers, time }: SignerUse): void {
  requireNotRetired(key);
  if (key.custody === 'offline') throw new AppError('conflict', `Key ${key.name} is kept offline, on a machine of yours. Sign with it there.`);
  if (purpose === 'request') return;
  if (time) requireValidAt(key, time);
  else signingTime(key);
  requireAllowed(key, headers);
}

/** Gives the digest of everything that it is about to sign. */
function noting(signer: Signer, digests: string[]): Signer {
  return {
    keyId: signer.keyId,
    publicKey: signer.publicKey,
    sign: (bytes) => {
      digests.push(toHex(sha512(bytes)));
      return signer.sign(bytes);
    },
    signDigest: (digest) => {
      digests.push(toHex(digest));
      return signer.signDigest(digest);
    },
  };
}

async function reach(ctx: Ctx, key: KeyRow): Promise<Signer> {
  if (key.custody !== 'external') return localSigner(await openSealed(ctx, key));
  const signer = await reachSigner(ctx, key.signer!, key.signerLabel!);
  if (signer.keyId !== key.keyId) throw new AppError('conflict', `The signer ${key.signer} has another key under ${key.signerLabel} now: ${signer.keyId}. Nothing was signed.`);
  return signer;
}

/** The key of that label in one of the brand's tokens. Throws AppError `conflict` when the configuration has no such signer, and what the token's own failures are. */
export async function reachSigner(ctx: Ctx, name: string, label: string): Promise<Signer> {
  const [row] = await ctx.db.select({ signers: brand.signers }).from(brand).where(eq(brand.id, ctx.brand.id));
  const config = row?.signers.find((each) => each.name === name);
  if (!config || !ctx.openSigner) throw new AppError('conflict', `No signer ${name} is configured for ${ctx.brand.name}. Whoever runs Imprint can add it to the file of brands.`);
  return ctx.openSigner(config, label);
}

async function openSealed(ctx: Ctx, { name, sealed, keyId }: KeyRow): Promise<SigningKey> {
  if (!sealed) throw new AppError('conflict', `Key ${name} is not held by Imprint.`);
  return openPrivateKey({ sealed, brandId: ctx.brand.id, keyId, masterKey: await masterKey() });
}

/** For its backup alone: a sealed key in clear while `work` runs, and the use written as in `withSigner`. Throws AppError `conflict` for a key that is not sealed here. */
export async function withSealedKey<T>(ctx: Ctx, name: string, subject: string, work: (key: SigningKey) => Promise<T>): Promise<T> {
  assertMay(ctx, 'key.backup');
  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx };
    const key = await requireKey(ctx, tx, name, 'share');
    requireNotRetired(key);
    const result = await work(await openSealed(within, key));
    await recordKeyUse(within, key.id, { purpose: 'backup', subject, digest: null });
    return result;
  });
}
