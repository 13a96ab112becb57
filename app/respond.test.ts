import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { route, whole, created, personRoute } from './respond';

const logged = vi.hoisted(() => vi.fn());
vi.mock('@/lib/log', () => ({ log: () => ({ error: logged }) }));
const ctx = { role: 'viewer', brand: { slug: 'acme' }, actor: { name: 'Ada', token: undefined as object | undefined } };
vi.mock('./auth', async () => {
  const { AppError: Refusal } = await import('@/lib/errors');
  return {
    contextOf: async (_: Request, slug: string) => {
      if (slug !== 'acme') throw new Refusal('not-found', 'No such brand.');
      return ctx;
    },
    callerOf: async (request: Request) => {
      if (!request.headers.has('cookie')) throw new Refusal('unauthenticated', 'You are not signed in.');
      return { person: { name: 'Ada' } };
    },
  };
});

const ask = (path: string, options: RequestInit = {}) => new Request(`http://localhost${path}`, { ...options, headers: { 'x-request-id': 'r1', ...(options.body ? { 'content-type': 'application/json' } : {}), ...(options.headers as Record<string, string>) } });
const at = (params: Record<string, string> = {}) => ({ params: Promise.resolve({ brand: 'acme', ...params }) });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe('a route', () => {
  it('sends what its handler returns as JSON that nobody keeps', async () => {
    const response = await route({ verb: 'brand.read' }, ({ params, ctx: { role } }) => ({ role, model: params.model }))(ask('/x'), at({ model: 'kiosk' }));
    expect([response.status, response.headers.get('cache-control'), await response.json()]).toEqual([200, 'no-store', { role: 'viewer', model: 'kiosk' }]);
  });
  it('sends a Response as it is, a stream as well', async () => {
    const stream = new ReadableStream({ start: (c) => (c.enqueue(new TextEncoder().encode('data: 1\n\n')), c.close()) });
    const response = await route({}, () => new Response(stream, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' } }))(ask('/x'), at());
    expect([response.headers.get('cache-control'), await response.text()]).toEqual(['no-cache, no-transform', 'data: 1\n\n']);
    expect((await route({}, () => new Response('x'))(ask('/x'), at())).headers.get('cache-control')).toBe('no-store');
  });
  it('says 201 of what was made', async () => expect((await route({}, () => created({ id: 1 }))(ask('/x'), at())).status).toBe(201));
  it('is not found for another brand, before anything is parsed', async () => {
    const handler = vi.fn();
    const response = await route({ body: z.object({}) }, handler)(ask('/x', { method: 'POST', body: 'no json' }), { params: Promise.resolve({ brand: 'globex' }) });
    expect([response.status, await codeOf(response), handler.mock.calls.length]).toEqual([404, 'not-found', 0]);
  });
  it('is forbidden to a role that may not, with the reason', async () => {
    const handler = vi.fn();
    const response = await route({ verb: 'key.create' }, handler)(ask('/x'), at());
    expect([response.status, handler.mock.calls.length]).toEqual([403, 0]);
    expect(await response.json()).toMatchObject({ error: { code: 'forbidden', message: expect.stringContaining('owner or signer') as string, requestId: 'r1' } });
  });
  it('is forbidden to an API token without the scope, although its person may', async () => {
    ctx.actor.token = { name: 'ci', scopes: ['build'] };
    const may = await route({ verb: 'brand.read' }, () => null)(ask('/x'), at());
    const mayNot = await route({ verb: 'team.read' }, () => null)(ask('/x'), at());
    ctx.actor.token = undefined;
    expect([may.status, mayNot.status]).toEqual([200, 403]);
    expect(await mayNot.json()).toMatchObject({ error: { code: 'forbidden', message: 'The API token ci may not see the team: that needs the scope read, and it has build.' } });
  });
  it('hands over query and body as parsed', async () => {
    const handler = route({ query: z.strictObject({ limit: z.coerce.number().default(5) }), body: z.strictObject({ name: z.string() }) }, ({ query, body }) => ({ ...query, ...body }));
    const response = await handler(ask('/x?limit=7', { method: 'POST', body: '{"name":"a"}' }), at());
    expect(await response.json()).toEqual({ limit: 7, name: 'a' });
  });
  it('lists what is wrong with a body, each with its place', async () => {
    const handler = route({ body: z.object({ name: z.string(), snaps: z.array(z.object({ id: z.string('Give the id.') })) }) }, () => null);
    const response = await handler(ask('/x', { method: 'POST', body: '{"snaps":[{"id":"a"},{}]}' }), at());
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid', problems: [{ path: 'name', code: 'invalid-type' }, { path: 'snaps[1].id', code: 'invalid-type', message: 'Give the id.' }] } });
  });
  it('lists what is wrong with query and body at once, before its handler runs', async () => {
    const handler = vi.fn();
    const schema = z.strictObject({ revision: z.number().optional() });
    const posted = route({ query: z.strictObject({ limit: z.coerce.number().max(9) }), body: schema }, handler);
    const response = await posted(ask('/x?limit=10&limt=1', { method: 'POST', body: '{"revison":99}' }), at());
    const { error } = (await response.json()) as { error: { problems: { path: string; code: string; message: string }[] } };
    expect([response.status, handler.mock.calls.length]).toEqual([422, 0]);
    expect(error.problems.map(({ path, code }) => [path, code])).toEqual([
      ['limit', 'too-big'],
      ['limt', 'unknown-field'],
      ['revison', 'unknown-field'],
    ]);
    expect(error.problems[2]!.message).toBe('There is no field “revison”. Did you mean “revision”?');
  });
  it('turns an AppError into its status', async () => {
    const response = await route({}, () => { throw new AppError('stale', 'Newer.', { details: { current: 2 } }); })(ask('/x'), at());
    expect([response.status, await response.json()]).toMatchObject([409, { error: { code: 'stale', details: { current: 2 } } }]);
  });
  it('tells nothing of a bug, and logs it with the request id', async () => {
    const bug = new Error('select secret from keys');
    const query = z.strictObject({ t: z.string() });
    const response = await route({ query }, async () => { throw bug; })(ask('/x?t=1'), at());
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(logged).toHaveBeenCalledWith({ requestId: 'r1', path: '/x', err: bug }, expect.any(String));
  });
});

describe('a route of no brand', () => {
  it('is for anybody who is signed in, and for nobody else', async () => {
    const handler = personRoute({}, ({ person }) => ({ name: person.name }));
    const stranger = await handler(ask('/x'), at());
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('www-authenticate')).toBe('Bearer realm="Imprint"');
    expect(await (await handler(ask('/x', { headers: { cookie: 'a=b' } }), at())).json()).toEqual({ name: 'Ada' });
  });
});

describe('a number in an address', () => {
  it.each([['0', 0], ['7', 7], ['123456789', 123456789]])('%s is one', (text, number) => expect(whole(text)).toBe(number));
  it.each(['', '-1', '1.5', '01', '1e3', 'x', '9999999999', ' 1'])('%j is not: nothing is there', (text) => expect(() => whole(text)).toThrow(expect.objectContaining({ code: 'not-found' })));
});
