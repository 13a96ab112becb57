import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from './audit';
import { syncBrands } from './brands';
import type { Database } from './context';
import { endSession, findPerson, getTeam, recordSignIn } from './people';
import { person, session } from './schema/people';
import { TWO_BRANDS, twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';

let brands: Brands;
let db: Database;
beforeAll(async () => {
  brands = await twoBrands();
  ({ db } = brands);
});
afterAll(() => brands.close());

const ada = { issuer: 'https://id.example', subject: 'ada', name: 'Ada', email: 'ada@acme.example', groups: ['acme-editor', 'acme-signer', 'elsewhere'], address: '192.0.2.7', userAgent: 'Firefox' };

test('gives a person the strongest role that her groups have in a brand, and says through which', async () => {
  const { sessionId } = await recordSignIn(db, ada);
  const who = await findPerson(db, sessionId);
  expect(who).toMatchObject({ name: 'Ada', email: 'ada@acme.example' });
  expect(who!.brands).toEqual([{ id: expect.any(String), slug: 'acme', name: 'Acme', accountId: 'acme-account', role: 'signer', via: 'acme-signer' }]);
});

test('knows one person by issuer and subject, and takes over what the provider says at the next sign-in', async () => {
  const first = await recordSignIn(db, ada);
  const second = await recordSignIn(db, { ...ada, name: 'Ada L.', groups: ['globex-viewer'] });
  expect(second.userId).toBe(first.userId);
  expect((await findPerson(db, first.sessionId))!.brands.map((b) => b.slug)).toEqual(['globex']);
  const stranger = await recordSignIn(db, { ...ada, issuer: 'https://other.example' });
  expect(stranger.userId).not.toBe(first.userId);
});

test('somebody without a group of any brand is known and enters none', async () => {
  const { sessionId } = await recordSignIn(db, { ...ada, subject: 'nobody', groups: [] });
  expect((await findPerson(db, sessionId))!.brands).toEqual([]);
});

test('an ended, expired, unknown or nonsensical session is nobody', async () => {
  const ended = await recordSignIn(db, ada);
  await endSession(db, ended.sessionId);
  const expired = await recordSignIn(db, ada);
  await db.update(session).set({ expiresAt: sql`now()` }).where(eq(session.id, expired.sessionId));
  for (const id of [ended.sessionId, expired.sessionId, '00000000-0000-4000-8000-000000000000', "' or 1=1", '']) expect(await findPerson(db, id)).toBeUndefined();
});

test('ending one session leaves the others', async () => {
  const [one, other] = [await recordSignIn(db, ada), await recordSignIn(db, ada)];
  await endSession(db, one.sessionId);
  expect(await findPerson(db, other.sessionId)).toBeDefined();
});

test('a session lasts twelve hours', async () => {
  const { sessionId } = await recordSignIn(db, ada);
  const [row] = await db.select().from(session).where(eq(session.id, sessionId));
  expect(row!.expiresAt.getTime() - row!.createdAt.getTime()).toBe(12 * 3600_000);
});

test('signing in and out is noted in each brand of the person and in no other', async () => {
  const both = { ...ada, subject: 'both', name: 'Both', groups: ['acme-viewer', 'globex-owner'], requestId: 'r1' };
  const { sessionId } = await recordSignIn(db, both);
  await endSession(db, sessionId, { address: '192.0.2.8', requestId: 'r2' });
  await endSession(db, sessionId);
  const log = async (slug: 'acme' | 'globex') => (await listAudit(await brands.as(slug, 'auditor'), { actor: 'Both', limit: 50 })).items.map((row) => [row.action, row.sentence, row.address, row.requestId]);
  expect(await log('acme')).toEqual([
    ['session.end', 'signed out', '192.0.2.8', 'r2'],
    ['session.start', 'signed in as viewer', '192.0.2.7', 'r1'],
  ]);
  expect((await log('globex')).map(([action]) => action)).toEqual(['session.end', 'session.start']);
  await recordSignIn(db, { ...both, subject: 'acme only', name: 'Acme only', groups: ['acme-viewer'] });
  expect((await listAudit(await brands.as('globex', 'auditor'), { actor: 'Acme only', limit: 50 })).items).toEqual([]);
});

test('keeps no NUL that a claim or a header brings', async () => {
  const { sessionId, userId } = await recordSignIn(db, { ...ada, subject: 's\0', name: '\0', email: 'a\0@b', groups: ['acme-viewer\0'], userAgent: '\0', address: '\0' });
  expect(await findPerson(db, sessionId)).toMatchObject({ name: 'Somebody', email: 'a@b', brands: [{ role: 'viewer' }] });
  expect((await db.select().from(person).where(eq(person.id, userId)))[0]!.subject).toBe('s');
});

test('the team is who has a role here, strongest first, with the group that gives it', async () => {
  const ctx = await brands.as('globex', 'viewer');
  await brands.as('globex', 'owner');
  const team = await getTeam(ctx);
  expect(team.groups.map((g) => g.role)).toEqual(['owner', 'signer', 'editor', 'builder', 'viewer', 'auditor']);
  expect(team.members[0]).toMatchObject({ role: 'owner', via: 'globex-owner' });
  expect(team.members.map((m) => m.name)).not.toContain('acme owner');
  expect(team.members.find((m) => m.name === 'globex viewer')).toEqual({ name: 'globex viewer', email: 'viewer@globex.example', role: 'viewer', via: 'globex-viewer', lastSeenAt: expect.any(String) });
});

test('a brand that the configuration names no more lets nobody in, and comes back with its rows', async () => {
  const own = await twoBrands();
  const { sessionId } = await recordSignIn(own.db, { ...ada, groups: ['globex-owner'] });
  await syncBrands(own.db, TWO_BRANDS.slice(0, 1));
  expect((await findPerson(own.db, sessionId))!.brands).toEqual([]);
  await syncBrands(own.db, TWO_BRANDS);
  expect((await findPerson(own.db, sessionId))!.brands).toMatchObject([{ slug: 'globex', role: 'owner' }]);
  const log = await listAudit(await own.as('globex', 'auditor'), { q: 'brand', limit: 50 });
  expect(log.items.map((row) => row.action)).toEqual(['brand.configure', 'brand.close', 'brand.configure']);
  await own.close();
});
