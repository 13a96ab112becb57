import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '@/lib/access';
import { createTokenRequest } from '@/lib/api/tokens';
import { listAudit } from './audit';
import { syncBrands } from './brands';
import { assertMay } from './change';
import type { Ctx } from './context';
import { enterBrand } from './enter-brand';
import { retireKey } from './keys';
import { createModel, listModels } from './models';
import { recordSignIn } from './people';
import { person } from './schema/people';
import { apiToken } from './schema/tokens';
import { TWO_BRANDS, twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { HEADERS } from './testing/models';
import { createToken, findBearer, listTokens, revokeToken } from './tokens';

let brands: Brands;
beforeAll(async () => {
  brands = await twoBrands();
});
afterAll(() => brands.close());

const asked = (more: object = {}) => createTokenRequest.parse({ name: 'ci', scopes: ['read', 'edit'], ...more });
const find = (secret: string, address = '192.0.2.9') => findBearer(brands.db, secret, address);
/** Somebody who may sign in and leave without anybody else noticing. */
async function newcomer(name: string, groups: string[]): Promise<Ctx> {
  const { userId } = await recordSignIn(brands.db, { issuer: 'https://issuer.example', subject: name, name, email: null, groups, address: '', userAgent: '' });
  return { ...(await brands.as('acme', 'editor')), actor: { userId, name, email: null, address: '', requestId: '' } };
}
/** The context of a request that bears this token. */
async function entered(secret: string): Promise<Ctx> {
  const bearer = (await find(secret))!;
  return enterBrand(brands.db, bearer.person, 'acme', { address: '192.0.2.9', requestId: 'r', token: bearer.token })!;
}

describe('a new token', () => {
  test('is told once and kept as a hash', async () => {
    const editor = await brands.as('acme', 'editor');
    const { token, secret } = await createToken(editor, asked({ expiresInDays: 30 }));
    expect(token).toMatchObject({ name: 'ci', scopes: ['read', 'edit'], state: 'active', mine: true, owner: { name: 'acme editor' }, lastUsedAt: null, revokedAt: null });
    expect(Date.parse(token.expiresAt) - Date.parse(token.createdAt)).toBe(30 * 86_400_000);
    const [row] = await brands.db.select().from(apiToken).where(eq(apiToken.id, token.id));
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(JSON.stringify(await listAudit(await brands.as('acme', 'owner'), { limit: 20 }))).not.toContain(secret);
    expect(JSON.stringify(await listTokens(editor))).not.toContain(row!.hash);
  });

  test.each([
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['everything'] }, 'scopes.0'],
    [{ expiresInDays: 366 }, 'expiresInDays'],
    [{ expiresInDays: 0 }, 'expiresInDays'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(61) }, 'name'],
    [{ name: 'a\nb' }, 'name'],
  ])('is not asked for with %j', (more, path) => {
    const parsed = createTokenRequest.safeParse({ name: 'ci', scopes: ['read'], ...more });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  test('has each scope once, in the order of the list', () => expect(asked({ scopes: ['share', 'read', 'share'] }).scopes).toEqual(['read', 'share']));

  test('is given only what its person may do', async () => {
    for (const [role, allowed] of [['owner', SCOPES], ['signer', ['read', 'edit', 'sign', 'build']], ['builder', ['read', 'build', 'share']], ['viewer', ['read']], ['auditor', ['read']]] as const)
      for (const scope of SCOPES) {
        const made = createToken(await brands.as('acme', role), asked({ scopes: [scope] }));
        if ((allowed as readonly string[]).includes(scope)) await made;
        else await expect(made).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'scopes', message: expect.stringContaining(`Your role is ${role}.`) }] });
      }
  });

  test('is one of fifty at most', async () => {
    const ctx = await newcomer('collector', ['acme-viewer']);
    const { token } = await createToken(ctx, asked({ scopes: ['read'] }));
    await brands.db.insert(apiToken).select(sql`select gen_random_uuid(), brand_id, person_id, name, encode(sha256(n::text::bytea), 'hex'), scopes, created_at, expires_at, null, null, null::timestamptz, null::uuid from api_token, generate_series(2, 50) n where id = ${token.id}`);
    await expect(createToken(ctx, asked({ scopes: ['read'] }))).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('50 API tokens') });
    await revokeToken(ctx, token.id);
    await createToken(ctx, asked({ scopes: ['read'] }));
  });
});

describe('a token', () => {
  test('acts as its person in its brand alone, with their role of now', async () => {
    const ctx = await newcomer('mover', ['acme-editor', 'globex-owner']);
    const { secret } = await createToken(ctx, asked());
    expect(await find(secret)).toMatchObject({ person: { userId: ctx.actor.userId, name: 'mover', brands: [{ slug: 'acme', role: 'editor' }] }, token: { name: 'ci', scopes: ['read', 'edit'] } });
    await newcomer('mover', ['acme-viewer', 'globex-owner']);
    expect((await find(secret))!.person.brands).toMatchObject([{ slug: 'acme', role: 'viewer' }]);
    await expect(createModel(await entered(secret), { name: 'mine', headers: HEADERS, note: '' })).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('Your role is viewer.') });
  });

  test('does no more than its scopes, whatever its person may', async () => {
    const { secret } = await createToken(await brands.as('acme', 'owner'), asked({ scopes: ['build'] }));
    const ctx = await entered(secret);
    expect(ctx).toMatchObject({ role: 'owner', actor: { token: { name: 'ci' } } });
    await listModels(ctx, { limit: 1 });
    await expect(createModel(ctx, { name: 'other', headers: HEADERS, note: '' })).rejects.toMatchObject({ code: 'forbidden', message: 'The API token ci may not edit models: that needs the scope edit, and it has build.' });
  });

  test('never makes, lists or revokes tokens, and never makes, registers, retires or exports keys', async () => {
    const { token, secret } = await createToken(await brands.as('acme', 'owner'), asked({ scopes: [...SCOPES] }));
    const ctx = await entered(secret);
    for (const attempt of [createToken(ctx, asked()), listTokens(ctx), revokeToken(ctx, token.id), retireKey(ctx, 'any')]) await expect(attempt).rejects.toMatchObject({ code: 'forbidden', message: expect.stringMatching(/^No API token may .* Sign in to the console to do that\.$/) });
    for (const verb of ['key.create', 'key.register', 'key.retire', 'key.backup', 'token.create', 'token.revoke'] as const) expect(() => assertMay(ctx, verb)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  test('is named in the audit rows of what it did', async () => {
    const { token, secret } = await createToken(await brands.as('acme', 'editor'), asked({ name: 'nightly' }));
    await createModel(await entered(secret), { name: 'by-token', headers: HEADERS, note: '' });
    const [row] = (await listAudit(await brands.as('acme', 'owner'), { limit: 1, action: 'model.create' })).items;
    expect(row).toMatchObject({ actor: { name: 'acme editor' }, sentence: expect.stringMatching(/by-token.*, by API token nightly$/), details: { token: { id: token.id, name: 'nightly' } } });
  });

  test('notes its last use, once a minute', async () => {
    const editor = await brands.as('acme', 'editor');
    const { token, secret } = await createToken(editor, asked());
    const used = async () => (await listTokens(editor)).find(({ id }) => id === token.id)!;
    await find(secret, '192.0.2.1');
    const first = await used();
    expect(first).toMatchObject({ lastUsedAt: expect.any(String), lastUsedAddress: '192.0.2.1' });
    await find(secret, '192.0.2.2');
    expect(await used()).toEqual(first);
    await brands.db.update(apiToken).set({ lastUsedAt: sql`now() - interval '61 seconds'` }).where(eq(apiToken.id, token.id));
    await find(secret, '192.0.2.2');
    expect((await used()).lastUsedAddress).toBe('192.0.2.2');
  });

  test('does not count as its person having been seen', async () => {
    const ctx = await newcomer('away', ['acme-editor']);
    const { secret } = await createToken(ctx, asked());
    await brands.db.update(person).set({ lastSeenAt: sql`now() - interval '80 days'` }).where(eq(person.id, ctx.actor.userId));
    expect(await find(secret)).toBeDefined();
    const [who] = await brands.db.select().from(person).where(eq(person.id, ctx.actor.userId));
    expect(who!.lastSeenAt.getTime()).toBeLessThan(Date.now() - 79 * 86_400_000);
  });
});

describe('a token is nobody’s', () => {
  test('when it is unknown or nonsense', async () => {
    for (const secret of ['', 'imprint_', `imprint_${'A'.repeat(43)}`, "' or 1=1 --", '\0', 'x'.repeat(100_000)]) expect(await find(secret)).toBeUndefined();
  });

  test('when it is revoked, and by whom is told', async () => {
    const editor = await brands.as('acme', 'editor');
    const { token, secret } = await createToken(editor, asked());
    expect(await revokeToken(await brands.as('acme', 'owner'), token.id)).toMatchObject({ state: 'revoked', mine: false, revokedBy: { name: 'acme owner' } });
    expect(await find(secret)).toBeUndefined();
    await expect(revokeToken(editor, token.id)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('when it has expired', async () => {
    const editor = await brands.as('acme', 'editor');
    const { token, secret } = await createToken(editor, asked());
    await brands.db.update(apiToken).set({ expiresAt: sql`now()` }).where(eq(apiToken.id, token.id));
    expect(await find(secret)).toBeUndefined();
    expect((await listTokens(editor)).find(({ id }) => id === token.id)).toMatchObject({ state: 'expired' });
  });

  test('when its person has left the brand, until they come back', async () => {
    const ctx = await newcomer('leaver', ['acme-editor', 'globex-owner']);
    const { token, secret } = await createToken(ctx, asked());
    await newcomer('leaver', ['globex-owner']);
    expect(await find(secret)).toBeUndefined();
    expect((await listTokens(await brands.as('acme', 'owner'))).find(({ id }) => id === token.id)).toMatchObject({ state: 'orphaned' });
    await newcomer('leaver', ['acme-viewer']);
    expect(await find(secret)).toBeDefined();
  });

  test('when its person has not been seen for 90 days, until they are', async () => {
    const ctx = await newcomer('sleeper', ['acme-editor']);
    const { token, secret } = await createToken(ctx, asked());
    await brands.db.update(person).set({ lastSeenAt: sql`now() - interval '90 days'` }).where(eq(person.id, ctx.actor.userId));
    expect(await find(secret)).toBeUndefined();
    expect((await listTokens(await brands.as('acme', 'owner'))).find(({ id }) => id === token.id)).toMatchObject({ state: 'asleep' });
    await newcomer('sleeper', ['acme-editor']);
    expect(await find(secret)).toBeDefined();
  });

  test('when the brand is closed', async () => {
    const { secret } = await createToken(await brands.as('acme', 'editor'), asked());
    await syncBrands(brands.db, TWO_BRANDS.slice(1));
    expect(await find(secret)).toBeUndefined();
    await syncBrands(brands.db, TWO_BRANDS);
    expect(await find(secret)).toBeDefined();
  });
});

describe('the list', () => {
  test('has one’s own, and everybody’s for an owner', async () => {
    const [owner, viewer, other] = [await brands.as('acme', 'owner'), await brands.as('acme', 'viewer'), await brands.as('globex', 'owner')];
    const { token } = await createToken(viewer, asked({ name: 'mine', scopes: ['read'] }));
    const { token: foreign } = await createToken(other, asked({ name: 'theirs' }));
    const idsOf = async (ctx: Ctx) => (await listTokens(ctx)).map(({ id }) => id);
    expect(await idsOf(viewer)).toContain(token.id);
    expect((await listTokens(viewer)).every(({ mine }) => mine)).toBe(true);
    expect((await listTokens(owner)).find(({ id }) => id === token.id)).toMatchObject({ mine: false, owner: { name: 'acme viewer' } });
    expect(await idsOf(await brands.as('acme', 'builder'))).not.toContain(token.id);
    expect(await idsOf(owner)).not.toContain(foreign.id);
    await expect(revokeToken(await brands.as('acme', 'builder'), token.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('leaves out what ended long ago', async () => {
    const ctx = await newcomer('historian', ['acme-editor']);
    const made = [await createToken(ctx, asked()), await createToken(ctx, asked()), await createToken(ctx, asked())].map(({ token }) => token.id);
    await brands.db.update(apiToken).set({ expiresAt: sql`now() - interval '91 days'` }).where(eq(apiToken.id, made[0]!));
    await brands.db.update(apiToken).set({ revokedAt: sql`now() - interval '91 days'` }).where(eq(apiToken.id, made[1]!));
    expect((await listTokens(ctx)).map(({ id }) => id)).toEqual([made[2]]);
  });
});
