import { and, asc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { ROLES } from '@/lib/access';
import type { Membership, Team } from '@/lib/api/people';
import { membershipsOf } from './brands';
import { assertMay, recordAudit } from './change';
import type { Actor, Ctx, Database } from './context';
import { groupRole } from './schema/brands';
import { person, session } from './schema/people';
import { isUuid, storable } from './text';

/** Groups are read at sign-in: after this, a person who lost one has lost it here as well. */
export const SESSION_HOURS = 12;

export type SignIn = {
  issuer: string;
  subject: string;
  name: string;
  email: string | null;
  groups: string[];
  address: string;
  userAgent: string;
  requestId?: string;
};

/** Remembers who the identity provider says it is and opens a session; noted in the audit log of each of the person's brands. */
export async function recordSignIn(db: Database, signIn: SignIn): Promise<{ userId: string; sessionId: string }> {
  const facts = {
    name: storable(signIn.name).slice(0, 200) || 'Somebody',
    email: signIn.email === null ? null : storable(signIn.email).slice(0, 320),
    groups: [...new Set(signIn.groups.map(storable))],
    lastSeenAt: sql`now()`,
  };
  return db.transaction(async (tx) => {
    const [who] = await tx
      .insert(person)
      .values({ issuer: storable(signIn.issuer), subject: storable(signIn.subject), ...facts })
      .onConflictDoUpdate({ target: [person.issuer, person.subject], set: facts })
      .returning();
    const [opened] = await tx
      .insert(session)
      .values({ personId: who!.id, expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})`, address: storable(signIn.address), userAgent: storable(signIn.userAgent).slice(0, 500) })
      .returning({ id: session.id });
    const actor = { userId: who!.id, name: who!.name, email: who!.email, address: signIn.address, requestId: signIn.requestId ?? '' };
    for (const member of await membershipsOf(tx, who!.groups))
      await recordAudit(tx, member.id, actor, { action: 'session.start', sentence: `signed in as ${member.role}`, subject: { type: 'person', name: who!.name }, details: { via: member.via } });
    return { userId: who!.id, sessionId: opened!.id };
  });
}

export type Person = { userId: string; name: string; email: string | null; brands: (Membership & { id: string })[] };

/** Undefined when the session is unknown, ended or past its time. Roles are those of now, for the groups of the last sign-in. */
export async function findPerson(db: Database, sessionId: string): Promise<Person | undefined> {
  const who = await findLive(db, sessionId);
  if (!who) return undefined;
  await db.update(person).set({ lastSeenAt: sql`now()` }).where(and(eq(person.id, who.id), lt(person.lastSeenAt, sql`now() - interval '1 minute'`)));
  return { userId: who.id, name: who.name, email: who.email, brands: await membershipsOf(db, who.groups) };
}

async function findLive(db: Database, sessionId: string) {
  if (!isUuid(sessionId)) return undefined;
  const [row] = await db
    .select({ id: person.id, name: person.name, email: person.email, groups: person.groups })
    .from(session)
    .innerJoin(person, eq(person.id, session.personId))
    .where(and(eq(session.id, sessionId), isNull(session.endedAt), gt(session.expiresAt, sql`now()`)));
  return row;
}

/** From here on its cookie is worth nothing, wherever it was copied to. Unknown and ended sessions are left as they are. */
export async function endSession(db: Database, sessionId: string, from: Partial<Pick<Actor, 'address' | 'requestId'>> = {}): Promise<void> {
  await db.transaction(async (tx) => {
    const who = await findLive(tx, sessionId);
    if (!who) return;
    const ended = await tx.update(session).set({ endedAt: sql`now()` }).where(and(eq(session.id, sessionId), isNull(session.endedAt))).returning({ id: session.id });
    if (ended.length === 0) return;
    const actor = { userId: who.id, name: who.name, email: who.email, address: from.address ?? '', requestId: from.requestId ?? '' };
    for (const member of await membershipsOf(tx, who.groups))
      await recordAudit(tx, member.id, actor, { action: 'session.end', sentence: 'signed out', subject: { type: 'person', name: who.name } });
  });
}

/** Who is in the brand with which role, through which group, strongest first. */
export async function getTeam(ctx: Ctx): Promise<Team> {
  assertMay(ctx, 'team.read');
  const groups = await ctx.db.select({ group: groupRole.group, role: groupRole.role }).from(groupRole).where(eq(groupRole.brandId, ctx.brand.id)).orderBy(asc(groupRole.group));
  const strength = (role: (typeof groups)[number]['role']) => ROLES.indexOf(role);
  groups.sort((a, b) => strength(a.role) - strength(b.role));
  const names = groups.map(({ group }) => group);
  const people = names.length === 0 ? [] : await ctx.db.select().from(person).where(sql`${person.groups} && ${sql.param(names)}::text[]`).orderBy(asc(person.name), asc(person.id));
  const members = people.flatMap((who) => {
    const through = groups.find(({ group }) => who.groups.includes(group));
    return through ? [{ name: who.name, email: who.email, role: through.role, via: through.group, lastSeenAt: who.lastSeenAt.toISOString() }] : [];
  });
  members.sort((a, b) => strength(a.role) - strength(b.role));
  return { members, groups };
}
