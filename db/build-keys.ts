import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { BuildKeyView } from '@/lib/api/build-keys';
import { AppError } from '@/lib/errors';
import type { EnvelopeSigner } from '@/lib/evidence/dsse';
import { generateBuildKey, openBuildKey, sealBuildKey } from '@/lib/keys/build-key';
import type { BuildKey } from '@/lib/keys/build-key';
import { assertMay, change, machine, recordAudit } from './change';
import type { Brand, Ctx, Database } from './context';
import { masterKey } from './master-key';
import { sendProof } from './queue';
import { brand } from './schema/brands';
import { artifact, buildEvidence } from './schema/builds';
import { buildKey } from './schema/keys';
import { person } from './schema/people';
import { storable } from './text';

type KeyRow = typeof buildKey.$inferSelect;

/** Newest first; the first is the one that signs, unless there is none yet. */
export async function listBuildKeys(ctx: Ctx): Promise<BuildKeyView[]> {
  assertMay(ctx, 'brand.read');
  return readBuildKeys(ctx.db, ctx.brand.id);
}

/** One of the brand's, replaced ones included, by its id. Throws AppError `not-found`. */
export async function getBuildKey(ctx: Ctx, keyId: string): Promise<BuildKeyView> {
  assertMay(ctx, 'brand.read');
  const [view] = await readBuildKeys(ctx.db, ctx.brand.id, storable(keyId));
  if (!view) throw new AppError('not-found', `There is no such build key in ${ctx.brand.name}.`);
  return view;
}

/**
 * A new key signs from here on, also what could not be signed with the one before. The private half of that is destroyed; its public half stays, so that what it
 * signed still verifies.
 */
export async function replaceBuildKey(ctx: Ctx): Promise<BuildKeyView> {
  return change(ctx, 'key.create', async (tx, note) => {
    await lockBrand(tx, ctx.brand);
    const [old] = await tx.update(buildKey).set({ replacedAt: sql`now()`, sealed: null }).where(isCurrent(ctx.brand)).returning({ keyId: buildKey.keyId });
    const { keyId } = await keepBuildKey(tx, ctx.brand, ctx.actor.userId);
    const sentence = old ? `replaced build key ${short(old.keyId)} by build key ${short(keyId)}` : `created build key ${short(keyId)}`;
    for (const { buildId } of await waitingProofs(tx, ctx.brand)) await sendProof(tx, buildId);
    await note({ action: old ? 'build-key.replace' : 'build-key.create', sentence, subject: { type: 'build-key', name: keyId }, details: { keyId, replaced: old?.keyId ?? null } });
    return (await readBuildKeys(tx, ctx.brand.id, keyId))[0]!;
  });
}

/** What signs while `work` runs: of the key only its public side is seen. */
export type ProofSigner = EnvelopeSigner & { /** Of the key's row. */ rowId: string; /** The public half in PEM. */ publicKey: string };

/**
 * The one way to the private half of a brand's build key, for the provenance of the build `number`; the first time the key is made. The use is an audit row in the
 * transaction `tx`, and so is the making. Throws what `openBuildKey` throws: under another master key it does not open.
 */
export async function withBuildKey<T>(tx: Database, of: Brand, number: number, work: (signer: ProofSigner) => Promise<T>): Promise<T> {
  await lockBrand(tx, of);
  const [found] = await tx.select().from(buildKey).where(isCurrent(of));
  const row = found ?? (await keepFirst(tx, of));
  const key = openBuildKey({ sealed: row.sealed!, brandId: of.id, keyId: row.keyId, masterKey: await masterKey() });
  const result = await work({ rowId: row.id, keyId: key.keyId, publicKey: key.publicKey.pem, sign: (bytes) => key.sign(bytes) });
  await recordAudit(tx, of.id, machine('Imprint'), {
    action: 'build-key.use',
    sentence: `signed the provenance of build ${number} with build key ${short(row.keyId)}`,
    subject: { type: 'build', name: String(number) },
    details: { keyId: row.keyId },
  });
  return result;
}

async function keepFirst(tx: Database, of: Brand): Promise<KeyRow> {
  const row = await keepBuildKey(tx, of, null);
  await recordAudit(tx, of.id, machine('Imprint'), { action: 'build-key.create', sentence: `created build key ${short(row.keyId)}`, subject: { type: 'build-key', name: row.keyId }, details: { keyId: row.keyId } });
  return row;
}

async function keepBuildKey(tx: Database, of: Brand, createdBy: string | null): Promise<KeyRow> {
  const key: BuildKey = generateBuildKey();
  const sealed = sealBuildKey({ key, brandId: of.id, masterKey: await masterKey() });
  const [row] = await tx.insert(buildKey).values({ brandId: of.id, keyId: key.keyId, publicKey: key.publicKey.pem, sealed, createdBy }).returning();
  return row!;
}

/** Builds that have all their checksums and no provenance: it was asked for, and the key did not open. */
const waitingProofs = (tx: Database, of: Brand) =>
  tx
    .select({ buildId: buildEvidence.buildId })
    .from(buildEvidence)
    .where(and(eq(buildEvidence.brandId, of.id), isNull(buildEvidence.provenAt), sql`not exists (select 1 from ${artifact} where ${artifact.buildId} = ${buildEvidence.buildId} and ${artifact.sha256} is null)`));

/** Two that would make or replace a brand's key come one after the other. */
const lockBrand = (tx: Database, of: Brand) => tx.select({ id: brand.id }).from(brand).where(eq(brand.id, of.id)).for('no key update');

const isCurrent = (of: Brand) => and(eq(buildKey.brandId, of.id), isNull(buildKey.replacedAt));

/** As people tell keys apart in a sentence. */
const short = (keyId: string): string => keyId.slice(0, 12);

/** Column by column: the sealed half is read by `withBuildKey` alone. */
async function readBuildKeys(db: Database, brandId: string, keyId?: string): Promise<BuildKeyView[]> {
  const proofs = sql`${buildEvidence} where ${buildEvidence.buildKeyId} = ${buildKey.id}`;
  const rows = await db
    .select({
      keyId: buildKey.keyId,
      publicKey: buildKey.publicKey,
      createdAt: buildKey.createdAt,
      replacedAt: buildKey.replacedAt,
      name: person.name,
      email: person.email,
      builds: sql<string>`(select count(*) from ${proofs})`,
      lastUsedAt: sql<string | null>`(select to_json(max(${buildEvidence.provenAt})) from ${proofs})`,
    })
    .from(buildKey)
    .leftJoin(person, eq(person.id, buildKey.createdBy))
    .where(and(eq(buildKey.brandId, brandId), keyId === undefined ? undefined : eq(buildKey.keyId, keyId)))
    .orderBy(sql`${buildKey.replacedAt} desc nulls first`, desc(buildKey.createdAt));
  return rows.map(({ name, email, createdAt, replacedAt, builds, lastUsedAt, ...key }) => ({
    ...key,
    createdAt: createdAt.toISOString(),
    createdBy: name === null ? null : { name, email },
    replacedAt: replacedAt?.toISOString() ?? null,
    builds: Number(builds),
    lastUsedAt: lastUsedAt && new Date(lastUsedAt).toISOString(),
  }));
}
