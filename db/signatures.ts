import { createHash } from 'node:crypto';
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { ModelVersion, Signature, SignRequest } from '@/lib/api/models';
import type { Assertion, Headers } from '@/lib/assertion/assertion';
import { encodeAssertion } from '@/lib/assertion/encode';
import { formatTime } from '@/lib/assertion/scalars';
import { fromUtf8 } from '@/lib/bytes';
import { AppError, hasErrors } from '@/lib/errors';
import { signAssertion } from '@/lib/keys/sign';
import { checkModel } from '@/lib/model/check';
import { draftToHeaders } from '@/lib/model/draft';
import { assertMay, change } from './change';
import type { AuditEntry } from './change';
import type { Ctx, Database } from './context';
import { requireAllowed, signingTime } from './key-rules';
import { requireKey } from './key-rows';
import type { KeyRow } from './key-rows';
import { nextRevision, requireModel, requireSignature, requireVersion, signatureView } from './model-rows';
import type { ModelRow } from './model-rows';
import { signingKey } from './schema/keys';
import { signature } from './schema/models';
import { withSigner } from './signer';

type Note = (entry: AuditEntry) => Promise<void>;

export type Prepared = { of: ModelRow; version: ModelVersion; key: KeyRow; time: Date; revision: number; headers: Headers };

/**
 * What a version says when it is signed next, all rules passed: one revision more than the model's highest, those asked for outside included,
 * from 1 (snapd omits a revision of 0), and the time of now. The model stays locked until the transaction ends, so two signers never share a revision.
 * Throws AppError `invalid` with the version's problems, `conflict` when the key may not sign it.
 */
export async function prepareSignature(ctx: Ctx, tx: Database, name: string, request: SignRequest): Promise<Prepared> {
  const of = await requireModel(ctx, tx, name, true);
  const version = await requireVersion(tx, of, request.version);
  const key = request.key === undefined ? await newestKey(ctx, tx) : await requireKey(ctx, tx, request.key);
  const time = signingTime(key);
  const revision = await nextRevision(tx, of);
  const headers = draftToHeaders(version.headers, { brandId: ctx.brand.accountId, revision, timestamp: formatTime(time) });
  const problems = checkModel(headers);
  if (hasErrors(problems)) throw new AppError('invalid', `Version ${version.number} of ${name} cannot be signed as it is. Put right what is wrong and sign the new version.`, { problems });
  requireAllowed(key, headers);
  return { of, version, key, time, revision, headers };
}

/** Signs a version with a key that Imprint holds or reaches. Throws as prepareSignature, and AppError `conflict` for a key that is kept offline. */
export async function signModel(ctx: Ctx, name: string, request: SignRequest): Promise<Signature> {
  return change(ctx, 'model.sign', async (tx, note) => {
    const prepared = await prepareSignature(ctx, tx, name, request);
    const { key, headers, time } = prepared;
    if (key.custody === 'offline') throw new AppError('conflict', `Key ${key.name} is kept offline. Ask for a signature instead, sign on the machine that has the key, and paste the result.`);
    const use = { purpose: 'model', subject: `model ${name} revision ${prepared.revision}`, headers, time } as const;
    const assertion = await withSigner({ ...ctx, db: tx }, key.name, use, (signer) => signAssertion({ headers, key: signer, time }));
    return (await keepSignature(ctx, tx, note, prepared, assertion)).view;
  });
}

/** Records a signed assertion that is known to say what `prepared` does. */
export async function keepSignature(ctx: Ctx, tx: Database, note: Note, { of, version, key, time, revision }: Omit<Prepared, 'headers'>, assertion: Assertion, how = ''): Promise<{ id: string; view: Signature }> {
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
    sentence: `signed model ${of.name} version ${version.number} as revision ${revision} with key ${key.name}${how}`,
    subject: { type: 'model', name: of.name },
    details: { version: version.number, revision, key: key.name, keyId: key.keyId, sha3_384: row!.sha3384 },
  });
  return { id: row!.id, view: signatureView({ row: row!, keyName: key.name, keyId: key.keyId, signerName: ctx.actor.name, signerEmail: ctx.actor.email }) };
}

/** A revision, as signed, and the assertions that it is verified with. */
export async function getSignedModel(ctx: Ctx, name: string, revision: number): Promise<{ signature: Signature; text: string; chain: string }> {
  assertMay(ctx, 'brand.read');
  const found = await requireSignature(ctx.db, await requireModel(ctx, ctx.db, name), revision);
  return { signature: signatureView(found), text: found.row.text, chain: found.chain ?? '' };
}

/** Of those that sign here, before those that are kept offline. */
async function newestKey(ctx: Ctx, tx: Database): Promise<KeyRow> {
  const usable = sql`coalesce(${signingKey.until} > now(), true)`;
  const [row] = await tx
    .select()
    .from(signingKey)
    .where(and(eq(signingKey.brandId, ctx.brand.id), eq(signingKey.state, 'registered'), usable))
    .orderBy(asc(sql`${signingKey.custody} = 'offline'`), desc(signingKey.registeredAt), desc(signingKey.id))
    .limit(1);
  if (!row) throw new AppError('conflict', `${ctx.brand.name} has no key that may sign. Create and register one first.`);
  return row;
}
