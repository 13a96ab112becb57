import { createHash } from 'node:crypto';
import { and, desc, eq, max, sql } from 'drizzle-orm';
import type { Signature, SignRequest } from '@/lib/api/models';
import { encodeAssertion } from '@/lib/assertion/encode';
import { formatTime } from '@/lib/assertion/scalars';
import { fromUtf8 } from '@/lib/bytes';
import { AppError, hasErrors } from '@/lib/errors';
import { signAssertion } from '@/lib/keys/sign';
import { checkModel } from '@/lib/model/check';
import { draftToHeaders } from '@/lib/model/draft';
import { allowedByConstraints } from '@/lib/trust/constraints';
import { assertMay, change } from './change';
import type { Ctx, Database } from './context';
import { requireKey, withSigningKey } from './keys';
import type { KeyRow } from './keys';
import { requireModel, requireSignature, requireVersion, signatureView } from './model-rows';
import { signingKey } from './schema/keys';
import { signature } from './schema/models';

/** How far the store's clock may be ahead of ours: a key just registered is valid all the same. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Signs a version with the next revision: one more than the model's highest, from 1 (snapd omits a revision of 0), and the time of now.
 * Throws AppError `invalid` with the version's problems, `conflict` when the key may not sign it.
 */
export async function signModel(ctx: Ctx, name: string, request: SignRequest): Promise<Signature> {
  return change(ctx, 'model.sign', async (tx, note) => {
    // The lock on the model is what keeps two signers from the same revision.
    const of = await requireModel(ctx, tx, name, true);
    const version = await requireVersion(tx, of, request.version);
    const key = request.key === undefined ? await newestKey(ctx, tx) : await requireKey(ctx, tx, request.key);
    const time = signingTime(key);
    const [highest] = await tx.select({ revision: max(signature.revision) }).from(signature).where(eq(signature.modelId, of.id));
    const revision = (highest?.revision ?? 0) + 1;

    const headers = draftToHeaders(version.headers, { brandId: ctx.brand.accountId, revision, timestamp: formatTime(time) });
    const problems = checkModel(headers);
    if (hasErrors(problems)) throw new AppError('invalid', `Version ${version.number} of ${name} cannot be signed as it is. Put right what is wrong and sign the new version.`, { problems });
    if (!allowedByConstraints(key.constraints ?? undefined, headers)) throw new AppError('conflict', `The store limits what key ${key.name} may sign, and this model is not among it. Use another key.`);
    const assertion = await withSigningKey({ ...ctx, db: tx }, key.name, (opened) => signAssertion({ headers, key: opened, time }));
    const encoded = encodeAssertion(assertion);
    const [row] = await tx
      .insert(signature)
      .values({
        brandId: ctx.brand.id,
        modelId: of.id,
        version: version.number,
        revision,
        signingKeyId: key.id,
        timestamp: time,
        text: fromUtf8(encoded)!,
        sha3384: createHash('sha3-384').update(encoded).digest('hex'),
        production: key.production,
        signedBy: ctx.actor.userId,
      })
      .returning();
    await note({
      action: 'model.sign',
      sentence: `signed model ${name} version ${version.number} as revision ${revision} with key ${key.name}`,
      subject: { type: 'model', name },
      details: { version: version.number, revision, key: key.name, keyId: key.keyId, sha3_384: row!.sha3384 },
    });
    return signatureView({ row: row!, keyName: key.name, keyId: key.keyId, signerName: ctx.actor.name, signerEmail: ctx.actor.email });
  });
}

/** A revision, as signed, and the assertions that it is verified with. */
export async function getSignedModel(ctx: Ctx, name: string, revision: number): Promise<{ signature: Signature; text: string; chain: string }> {
  assertMay(ctx, 'brand.read');
  const found = await requireSignature(ctx.db, await requireModel(ctx, ctx.db, name), revision);
  return { signature: signatureView(found), text: found.row.text, chain: found.chain ?? '' };
}

async function newestKey(ctx: Ctx, tx: Database): Promise<KeyRow> {
  const usable = sql`coalesce(${signingKey.until} > now(), true)`;
  const [row] = await tx
    .select()
    .from(signingKey)
    .where(and(eq(signingKey.brandId, ctx.brand.id), eq(signingKey.state, 'registered'), usable))
    .orderBy(desc(signingKey.registeredAt), desc(signingKey.id))
    .limit(1);
  if (!row) throw new AppError('conflict', `${ctx.brand.name} has no key that may sign. Create and register one first.`);
  return row;
}

/** Now, in whole seconds, inside the key's validity. Throws AppError `conflict` when now is outside. */
function signingTime({ name, state, since, until }: KeyRow): Date {
  if (state === 'retired') throw new AppError('conflict', `Key ${name} is retired and never signs again. Use another key, or create one.`);
  if (state !== 'registered' || !since) throw new AppError('conflict', `Key ${name} is not registered yet: no device would know it. Register it, then sign.`);
  const now = Math.floor(Date.now() / 1000) * 1000;
  const first = Math.ceil(since.getTime() / 1000) * 1000;
  if (first > now + CLOCK_SKEW_MS) throw new AppError('conflict', `Key ${name} may not sign before ${since.toISOString()}.`);
  const time = new Date(Math.max(now, first));
  if (until && time >= until) throw new AppError('conflict', `Key ${name} expired on ${until.toISOString().slice(0, 10)}. Use another key, or create one.`);
  return time;
}
