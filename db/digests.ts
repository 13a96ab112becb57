import type { DigestSignature } from '@/lib/api/tokens';
import { fromBase64, toBase64, toHex } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { change } from './change';
import type { Ctx } from './context';
import { withSigner } from './signer';

/**
 * Signs a SHA-512, given as the base64 of its 64 bytes. What it is the digest of cannot be seen from it, so that a key whose account-key limits
 * what it may sign does not sign it. Throws AppError `conflict` as `withSigner` does, `invalid` for what is no base64.
 */
export async function signDigest(ctx: Ctx, name: string, digest: string): Promise<DigestSignature> {
  const bytes = fromBase64(digest);
  if (!bytes) throw new AppError('invalid', 'The digest is no base64.');
  return change(ctx, 'model.sign', async (tx, note) => {
    const use = { purpose: 'digest' as const, subject: 'a digest made outside of Imprint' };
    const signed = await withSigner({ ...ctx, db: tx }, name, use, async (signer) => ({ keyId: signer.keyId, signature: toBase64(await signer.signDigest(bytes)) }));
    await note({ action: 'key.sign', sentence: `signed a digest with key ${name}`, subject: { type: 'key', name }, details: { keyId: signed.keyId, sha512: toHex(bytes) } });
    return signed;
  });
}
