import { eq } from 'drizzle-orm';
import type { KeyView, SignerRef } from '@/lib/api/keys';
import type { Assertion } from '@/lib/assertion/assertion';
import { decodeStream } from '@/lib/assertion/decode';
import { encodeAssertion } from '@/lib/assertion/encode';
import { fromUtf8, utf8 } from '@/lib/bytes';
import { AppError, isAppError } from '@/lib/errors';
import { SNAPD_CHECKS } from '@/lib/keys/assertion-checks';
import { publicKeyWithin } from '@/lib/keys/public-key';
import { requireKeySize } from '@/lib/keys/signing-key';
import { whySignatureFails } from '@/lib/keys/verify';
import { assertMay } from './change';
import type { Ctx } from './context';
import { keepNewKey, requireFreeName } from './keys';
import { brand } from './schema/brands';
import { reachSigner } from './signer';

/**
 * A key that stays on somebody's own machine, by what `snap export-key --account=ID NAME` prints: an account-key-request that the key itself has signed.
 * Its name there is its name here. Throws AppError `invalid` for anything else, and for another account's.
 */
export async function enrolOfflineKey(ctx: Ctx, text: string): Promise<KeyView> {
  assertMay(ctx, 'key.create');
  const request = readRequest(text);
  const { name } = request.headers;
  const key = publicKeyWithin(request);
  const why = whySignatureFails(request, key);
  if (why !== undefined) throw refused(`The key has not signed this request: ${why}`);
  if (request.headers['account-id'] !== ctx.brand.accountId) throw refused(`This request is for the account ${String(request.headers['account-id'])}. Export the key with --account=${ctx.brand.accountId}.`);
  sized(() => requireKeySize(key));
  await requireFreeName(ctx, String(name));
  const kept = { name: String(name), keyId: key.keyId, bits: key.bits, publicKey: key.encoded, custody: 'offline', request: fromUtf8(encodeAssertion(request))! } as const;
  return keepNewKey(ctx, kept, { action: 'key.enrol', sentence: `enrolled key ${kept.name}, which is kept offline` });
}

function readRequest(text: string): Assertion {
  let found: Assertion[];
  try {
    found = decodeStream(utf8(`${text.replaceAll('\r\n', '\n').trim()}\n`), { checks: SNAPD_CHECKS });
  } catch (cause) {
    throw refused(`This is not what snap export-key prints with --account: ${(cause as Error).message}`, cause);
  }
  const [request] = found;
  if (found.length !== 1 || request?.type !== 'account-key-request') throw refused('This is no account-key-request. Paste what snap export-key prints with --account, whole and nothing else.');
  return request;
}

/** A key in one of the brand's PKCS#11 tokens; its public half is read there. Throws AppError `invalid` for one that cannot sign assertions, and what the token's failures are. */
export async function enrolExternalKey(ctx: Ctx, { name, signer, label }: { name: string; signer: string; label: string }): Promise<KeyView> {
  assertMay(ctx, 'key.create');
  await requireFreeName(ctx, name);
  const { publicKey } = await reachSigner(ctx, signer, label).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'signer-key-missing') throw new AppError('invalid', error.message, { problems: [{ path: 'label', code: error.code, message: error.message }], cause: error });
    throw error;
  });
  sized(() => requireKeySize(publicKey));
  const kept = { name, keyId: publicKey.keyId, bits: publicKey.bits, publicKey: publicKey.encoded, custody: 'external', signer, signerLabel: label } as const;
  return keepNewKey(ctx, kept, { action: 'key.enrol', sentence: `enrolled key ${name}, which is ${label} in the signer ${signer}` });
}

/** The tokens that the configuration gives the brand; no paths. */
export async function listSigners(ctx: Ctx): Promise<SignerRef[]> {
  assertMay(ctx, 'brand.read');
  const [row] = await ctx.db.select({ signers: brand.signers }).from(brand).where(eq(brand.id, ctx.brand.id));
  return (row?.signers ?? []).map(({ name, token }) => ({ name, token }));
}

function sized(check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw isAppError(cause) ? refused(`${cause.message} The store and snapd take no smaller ones.`, cause) : cause;
  }
}

const refused = (message: string, cause?: unknown) => new AppError('invalid', message, { cause });
