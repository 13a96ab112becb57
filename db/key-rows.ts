import { and, desc, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { EXPIRING_DAYS } from '@/lib/api/keys';
import type { KeyView } from '@/lib/api/keys';
import { AppError } from '@/lib/errors';
import type { Ctx, Database } from './context';
import { build } from './schema/builds';
import { keyUse, signingKey } from './schema/keys';
import { model, signature } from './schema/models';
import { person } from './schema/people';
import { storable } from './text';

export type KeyRow = typeof signingKey.$inferSelect;

/** `update`: nobody else changes or uses the key until the transaction ends; `share`: nobody changes it. */
export type KeyLock = 'update' | 'share';

/** The brand's key of that name; `true` locks as `update` does. Throws AppError `not-found`. */
export async function requireKey(ctx: Ctx, db: Database, name: string, lock: KeyLock | boolean = false): Promise<KeyRow> {
  const query = db.select().from(signingKey).where(and(eq(signingKey.brandId, ctx.brand.id), eq(signingKey.name, storable(name))));
  const [row] = await (lock ? query.for(lock === true ? 'update' : lock) : query);
  if (!row) throw new AppError('not-found', `There is no key ${name} in ${ctx.brand.name}.`);
  return row;
}

/** Throws AppError `not-found`. */
export async function readKey(ctx: Ctx, db: Database, name: string): Promise<KeyView> {
  const { id } = await requireKey(ctx, db, name);
  return (await readKeys(db, ctx.brand.id, id))[0]!;
}

const successor = alias(signingKey, 'successor');
const signatureOfKey = sql`${signature.signingKeyId} = ${signingKey.id}`;
/** When and by whom it was last used for that, as JSON. */
const lastUse = (purpose: 'backup' | 'drill') =>
  sql<{ at: string; name: string; email: string | null } | null>`(select json_build_object('at', ${keyUse.at}, 'name', p.name, 'email', p.email) from ${keyUse} join ${person} p on p.id = ${keyUse.actorId} where ${keyUse.signingKeyId} = ${signingKey.id} and ${keyUse.purpose} = ${purpose} order by ${keyUse.at} desc, ${keyUse.id} desc limit 1)`;

/** The brand's keys, newest first, or the one of that id. Named column by column: the sealed private half is read by db/signer.ts alone. */
export async function readKeys(db: Database, brandId: string, id?: string): Promise<KeyView[]> {
  const { name, state, keyId, bits, publicKey, since, until, createdAt, registeredAt, retiredAt, problem, production, custody, signer, signerLabel, constraints } = signingKey;
  const rows = await db
    .select({
      ...{ name, state, keyId, bits, publicKey, since, until, createdAt, registeredAt, retiredAt, problem, production, custody, signer, signerLabel, constraints },
      expired: sql<boolean>`coalesce(${signingKey.until} <= now(), false)`,
      expiring: sql<boolean>`coalesce(${signingKey.until} <= now() + make_interval(days => ${EXPIRING_DAYS}), false)`,
      creatorName: person.name,
      creatorEmail: person.email,
      successor: successor.name,
      replaces: sql<string[]>`array(select before.name from ${signingKey} before where before.brand_id = ${signingKey.brandId} and before.successor_id = ${signingKey.id} order by 1)`,
      models: sql<string[]>`array(select distinct ${model.name} from ${signature} join ${model} on ${model.id} = ${signature.modelId} where ${signatureOfKey} order by 1)`,
      signatures: sql<string>`(select count(*) from ${signature} where ${signatureOfKey})`,
      builds: sql<string>`(select count(*) from ${build} join ${signature} on ${signature.id} = ${build.signatureId} where ${signatureOfKey})`,
      lastUsedAt: sql<string | null>`(select to_json(max(${keyUse.at})) from ${keyUse} where ${keyUse.signingKeyId} = ${signingKey.id})`,
      backedUp: lastUse('backup'),
      proven: lastUse('drill'),
    })
    .from(signingKey)
    .innerJoin(person, eq(person.id, signingKey.createdBy))
    .leftJoin(successor, eq(successor.id, signingKey.successorId))
    .where(and(eq(signingKey.brandId, brandId), id === undefined ? undefined : eq(signingKey.id, id)))
    .orderBy(desc(signingKey.createdAt), desc(signingKey.id));
  return rows.map(viewOf);
}

type ViewRow = Pick<KeyRow, 'name' | 'state' | 'keyId' | 'bits' | 'publicKey' | 'since' | 'until' | 'createdAt' | 'registeredAt' | 'retiredAt' | 'problem' | 'production' | 'custody' | 'signer' | 'signerLabel' | 'constraints'> & {
  expired: boolean;
  expiring: boolean;
  creatorName: string;
  creatorEmail: string | null;
  successor: string | null;
  replaces: string[];
  models: string[];
  signatures: string;
  builds: string;
  lastUsedAt: string | null;
  backedUp: { at: string } | null;
  proven: { at: string; name: string; email: string | null } | null;
};

function viewOf(row: ViewRow): KeyView {
  return {
    name: row.name,
    state: stateOf(row),
    keyId: row.keyId,
    bits: row.bits,
    custody: row.custody,
    signer: row.signer !== null && row.signerLabel !== null ? { name: row.signer, label: row.signerLabel } : null,
    publicKey: row.publicKey,
    since: instant(row.since),
    until: instant(row.until),
    constraints: constraintsOf(row.constraints),
    createdAt: row.createdAt.toISOString(),
    createdBy: { name: row.creatorName, email: row.creatorEmail },
    registeredAt: instant(row.registeredAt),
    retiredAt: instant(row.retiredAt),
    problem: row.problem,
    production: row.production,
    successor: row.successor,
    replaces: row.replaces,
    backup: {
      madeAt: row.backedUp && new Date(row.backedUp.at).toISOString(),
      provenAt: row.proven && new Date(row.proven.at).toISOString(),
      provenBy: row.proven && { name: row.proven.name, email: row.proven.email },
    },
    usedBy: { models: row.models, signatures: Number(row.signatures), builds: Number(row.builds) },
    lastUsedAt: row.lastUsedAt && new Date(row.lastUsedAt).toISOString(),
  };
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

function stateOf({ state, expired, expiring }: Pick<ViewRow, 'state' | 'expired' | 'expiring'>): KeyView['state'] {
  if (state !== 'registered') return state;
  return expired ? 'expired' : expiring ? 'expiring' : 'registered';
}

/** An account-key's constraints are a list of maps (snapd asserts/account_key.go). */
const constraintsOf = (value: KeyRow['constraints']): KeyView['constraints'] => (Array.isArray(value) ? value.map((entry) => (typeof entry === 'object' && !Array.isArray(entry) ? entry : {})) : null);
