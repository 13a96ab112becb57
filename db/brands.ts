import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { and, eq, notInArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { ROLES } from '@/lib/access';
import { signerConfig } from '@/lib/api/keys';
import type { SignerConfig } from '@/lib/api/keys';
import { problemsOf } from '@/lib/api/problems';
import type { Role } from '@/lib/access';
import { AppError } from '@/lib/errors';
import { parseJson } from '@/lib/json/parse-json';
import { assertMay, machine, recordAudit } from './change';
import type { Brand, Ctx, Database } from './context';
import { brand, groupRole } from './schema/brands';
import { signingKey } from './schema/keys';
import { model } from './schema/models';

// First parts of the console's own addresses (lib/paths.ts) and of the framework's.
const TAKEN = ['api', 'artifacts', 'healthz', 's', 'sign-in', 'sign-out', 'signed-out'];

const only = (values: string[]): boolean => new Set(values).size === values.length;

const brandConfig = z.strictObject({
  slug: z
    .string()
    .max(40)
    .regex(/^[a-z0-9](?:-?[a-z0-9])*$/, 'Use lower-case letters, digits and single hyphens between them.')
    .refine((slug) => !TAKEN.includes(slug), 'This word is an address of the console itself. Choose another.'),
  name: z.string().min(1).max(100),
  /** snapd asserts/account.go */
  accountId: z.string().regex(/^(?:[a-z0-9A-Z]{32}|[-a-z0-9]{2,28})$/, 'An account id has 32 letters and digits, or 2 to 28 lower-case letters, digits and hyphens.'),
  /** Path of the file with the publisher account's credentials for the store. */
  storeCredentials: z.string().min(1).optional(),
  /** PKCS#11 tokens that hold keys of the brand. */
  signers: z.array(signerConfig).refine((signers) => only(signers.map((s) => s.name)), 'Two signers of the brand have the same name.').optional(),
  groups: z.record(z.string().min(1).max(500), z.enum(ROLES)),
});

export const brandsConfig = z
  .array(brandConfig)
  .min(1, 'Name at least one brand.')
  .refine((brands) => only(brands.map((b) => b.slug)), 'Two brands have the same slug.')
  .refine((brands) => only(brands.map((b) => b.accountId)), 'Two brands have the same account id.');
export type BrandsConfig = z.infer<typeof brandsConfig>;

/** Reads the file that IMPRINT_BRANDS names. Throws AppError `brands-invalid` with every problem. */
export async function readBrandsConfig(path: string): Promise<BrandsConfig> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    const why = `The file of brands, ${path}, cannot be read: ${cause.message}.`;
    throw new AppError('brands-invalid', `${why} IMPRINT_BRANDS names it.`, { cause });
  });
  const what = `The file of brands, ${path}, which IMPRINT_BRANDS names,`;
  const parsed = brandsConfig.safeParse(parseJson(text, what, { code: 'brands-invalid' }));
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, brandsConfig, 'field').map((problem) => ({
    path: problem.path.replace(/\[(\d+)\]/g, '.$1').replace(/^\./, ''),
    code: 'brands',
    message: problem.message,
  }));
  const sentences = problems.map((problem) => `${problem.path || 'the file'}: ${problem.message}`).join('; ');
  const message = `The file of brands, ${path}, is not right: ${sentences}`;
  throw new AppError('brands-invalid', message, { problems, cause: parsed.error });
}

// One process at a time: web and worker start together.
const LOCK = 7_266_180_492;

/**
 * Makes the brands and their roles what the configuration says; brands that it names no more are closed, not removed.
 * Throws AppError `brands-invalid` when the account of a brand in use would change: its keys and models are that account's.
 */
export async function syncBrands(db: Database, config: BrandsConfig): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    for (const wanted of config) await syncBrand(tx, wanted);
    const slugs = config.map((b) => b.slug);
    const closed = await tx.update(brand).set({ active: false }).where(and(notInArray(brand.slug, slugs), eq(brand.active, true))).returning();
    for (const { id, slug } of closed) {
      await tx.delete(groupRole).where(eq(groupRole.brandId, id));
      await recordAudit(tx, id, machine('Configuration'), { action: 'brand.close', sentence: 'closed the brand: the configuration names it no more', subject: { type: 'brand', name: slug } });
    }
  });
}

async function syncBrand(tx: Database, wanted: BrandsConfig[number]): Promise<void> {
  const [before] = await tx.select().from(brand).where(eq(brand.slug, wanted.slug)).for('update');
  const rolesBefore = before ? await groupsOf(tx, before.id) : {};
  const settings = { name: wanted.name, accountId: wanted.accountId, storeCredentials: wanted.storeCredentials ?? null, signers: wanted.signers ?? [], active: true };
  if (before && before.accountId !== wanted.accountId && (await isInUse(tx, before.id)))
    throw new AppError('brands-invalid', `The brand ${wanted.slug} has keys or models of the account ${before.accountId}; its accountId cannot become ${wanted.accountId}. Give the other account a brand of its own.`);
  const [after] = before
    ? await tx.update(brand).set(settings).where(eq(brand.id, before.id)).returning()
    : await tx.insert(brand).values({ slug: wanted.slug, ...settings }).returning();
  const { id } = after!;
  await noteSigners(tx, id, wanted, before?.signers ?? []);

  const roles = Object.entries(wanted.groups).sort(([a], [b]) => (a < b ? -1 : 1));
  const same = before?.active && before.name === wanted.name && before.accountId === wanted.accountId && JSON.stringify(Object.entries(rolesBefore).sort(([a], [b]) => (a < b ? -1 : 1))) === JSON.stringify(roles);
  if (same) return;
  await tx.delete(groupRole).where(eq(groupRole.brandId, id));
  if (roles.length > 0) await tx.insert(groupRole).values(roles.map(([group, role]) => ({ brandId: id, group, role })));
  const words = roles.map(([group, role]) => `${group} is ${role}`).join(', ') || 'nobody';
  await recordAudit(tx, id, machine('Configuration'), {
    action: 'brand.configure',
    sentence: `set up brand ${wanted.name} of account ${wanted.accountId}: ${words}`,
    subject: { type: 'brand', name: wanted.slug },
    details: { before: rolesBefore, after: wanted.groups },
  });
}

async function noteSigners(tx: Database, brandId: string, { slug, signers = [] }: BrandsConfig[number], before: SignerConfig[]): Promise<void> {
  const lines = (list: SignerConfig[]) => list.map(({ name, module, token, pinFile }) => `${name}: token ${token} by ${module}, PIN in ${pinFile}`);
  // jsonb has an order of keys of its own.
  if (isDeepStrictEqual(before, signers)) return;
  const words = signers.map(({ name, token }) => `${name} is the token ${token}`).join(', ') || 'none';
  await recordAudit(tx, brandId, machine('Configuration'), { action: 'brand.signers', sentence: `set up the signers of the brand: ${words}`, subject: { type: 'brand', name: slug }, details: { before: lines(before), after: lines(signers) } });
}

async function isInUse(tx: Database, brandId: string): Promise<boolean> {
  const keys = await tx.select({ id: signingKey.id }).from(signingKey).where(eq(signingKey.brandId, brandId)).limit(1);
  const models = await tx.select({ id: model.id }).from(model).where(eq(model.brandId, brandId)).limit(1);
  return keys.length + models.length > 0;
}

async function groupsOf(db: Database, brandId: string): Promise<Record<string, Role>> {
  const rows = await db.select({ group: groupRole.group, role: groupRole.role }).from(groupRole).where(eq(groupRole.brandId, brandId));
  return Object.fromEntries(rows.map(({ group, role }) => [group, role]));
}

/** Everybody who has a role somewhere through these groups; the first of `ROLES` wins where several do. */
export async function membershipsOf(db: Database, groups: string[]): Promise<(Brand & { role: Role; via: string })[]> {
  if (groups.length === 0) return [];
  const rows = await db
    .select({ id: brand.id, slug: brand.slug, name: brand.name, accountId: brand.accountId, role: groupRole.role, via: groupRole.group })
    .from(groupRole)
    .innerJoin(brand, eq(brand.id, groupRole.brandId))
    .where(and(eq(brand.active, true), sql`${groupRole.group} = any(${sql.param(groups)}::text[])`))
    .orderBy(brand.name, brand.slug, groupRole.group);
  const best = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    const other = best.get(row.id);
    if (!other || ROLES.indexOf(row.role) < ROLES.indexOf(other.role)) best.set(row.id, row);
  }
  return [...best.values()];
}

/** The publisher account's credentials for the store; undefined when none are configured. Never to be logged. */
export async function readStoreCredentials(ctx: Ctx): Promise<string | undefined> {
  assertMay(ctx, 'key.register');
  const [row] = await ctx.db.select({ path: brand.storeCredentials }).from(brand).where(eq(brand.id, ctx.brand.id));
  if (!row?.path) return undefined;
  try {
    return (await readFile(row.path, 'utf8')).trim();
  } catch (cause) {
    throw new AppError('unavailable', `The store credentials of ${ctx.brand.name} cannot be read. Whoever runs Imprint should look at the path that IMPRINT_BRANDS gives.`, { cause });
  }
}
