import type { APIRequestContext, APIResponse } from '@playwright/test';
import { api, paths } from '@/lib/paths';
import { expect, test } from './people';
import type { Person } from './people';
import { thingsOfAcme } from './things';
import type { Things } from './things';

/** The law, written here a second time: who may do what in a brand. */
const MAY: Record<string, readonly Person[]> = {
  'brand.read': ['ada', 'sam', 'edda', 'ben', 'vera', 'aron'],
  'key.create': ['ada', 'sam'],
  'key.register': ['ada', 'sam'],
  'key.retire': ['ada', 'sam'],
  'key.backup': ['ada'],
  'model.edit': ['ada', 'sam', 'edda'],
  'model.sign': ['ada', 'sam'],
  'build.request': ['ada', 'sam', 'edda', 'ben'],
  'build.cancel': ['ada', 'sam', 'edda', 'ben'],
  'artifact.download': ['ada', 'sam', 'edda', 'ben', 'vera'],
  'artifact.delete': ['ada', 'ben'],
  'artifact.keep': ['ada', 'ben'],
  'retention.set': ['ada'],
  'share.create': ['ada', 'ben'],
  'share.revoke': ['ada', 'ben'],
  'team.read': ['ada', 'sam', 'edda', 'ben', 'vera', 'aron'],
  'audit.read': ['ada', 'aron'],
  'token.create': ['ada', 'sam', 'edda', 'ben', 'vera', 'aron'],
  'token.revoke': ['ada', 'sam', 'edda', 'ben', 'vera', 'aron'],
};
/** Owner, signer, editor, builder, viewer and auditor of Acme. */
const ROLES = ['ada', 'sam', 'edda', 'ben', 'vera', 'aron'] as const satisfies readonly Person[];
/** Nobody of Acme: the owner of Globex and its viewer. */
const OTHERS = ['gloria', 'viktor'] as const satisfies readonly Person[];

type Operation = { method: string; address: string; right: string | undefined; hasBody: boolean };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const parameters = (things: Things): Record<string, string> => ({ ...Object.fromEntries(Object.entries(things).map(([name, value]) => [name, String(value)])), snap: 'pc', token: things.apiToken });

/** Every operation that the console itself says it has, with `{places}` in its address. */
async function readOperations(request: APIRequestContext): Promise<Operation[]> {
  const document = (await (await request.get(api.openapi())).json()) as { paths: Record<string, Record<string, { 'x-right'?: string; requestBody?: unknown }>> };
  return Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({ method: method.toUpperCase(), address, right: operation['x-right'], hasBody: operation.requestBody !== undefined })),
  );
}

const fill = (address: string, values: Record<string, string>): string =>
  address.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    expect(values, `a value for {${name}}`).toHaveProperty(name);
    return encodeURIComponent(values[name]!);
  });

/** The last place of an address with a thing that there is not. */
const missing = (address: string, values: Record<string, string>): string => {
  const [last] = [...address.matchAll(/\{(\w+)\}/g)].at(-1)!.slice(1);
  const nothing = last === 'build' ? '999999' : 'no-such-thing';
  return fill(address, { ...values, [last!]: nothing });
};

const codeOf = async (answer: APIResponse): Promise<string> => ((await answer.json()) as { error: { code: string } }).error.code;

type Teller = (method: string, address: string, options?: { origin?: string | null; body?: unknown }) => Promise<APIResponse>;

function teller(request: APIRequestContext, base: string): Teller {
  return (method, address, { origin = new URL(base).origin, body } = {}) =>
    request.fetch(address, { method, maxRedirects: 0, data: body, headers: { accept: 'application/json', ...(origin === null ? {} : { origin }) } });
}

let prepared: Things;

test.beforeEach(async ({ contextOf, baseURL }) => {
  test.setTimeout(240_000);
  prepared = await thingsOfAcme((await contextOf('ada')).request, baseURL!);
});

test('the rights of the document are those of the law', async ({ request }) => {
  const operations = await readOperations(request);
  expect(operations.length).toBeGreaterThan(25);
  expect(new Set(operations.map(({ right }) => right ?? 'none'))).toEqual(new Set(['none', ...Object.keys(MAY).filter((right) => right !== 'artifact.download')]));
});

test('a stranger gets nothing: 401 from every operation, the sign-in page for every page', async ({ playwright, baseURL }) => {
  const request = await playwright.request.newContext({ baseURL });
  const tell = teller(request, baseURL!);
  for (const { method, address } of await readOperations(request)) {
    for (const filled of [fill(address, parameters(prepared)), fill(address, { ...parameters(prepared), brand: 'no-such-brand' })]) {
      const answer = await tell(method, filled, { body: method === 'POST' ? {} : undefined });
      expect(answer.status(), `${method} ${filled}`).toBe(401);
      expect(await codeOf(answer)).toBe('unauthenticated');
    }
  }
  for (const page of pagesOf(prepared)) {
    const answer = await request.get(page, { maxRedirects: 0, headers: { accept: 'text/html' } });
    expect(answer.status(), page).toBeGreaterThanOrEqual(300);
    expect(answer.status(), page).toBeLessThan(400);
    expect(answer.headers().location, page).toMatch(/^(?:https?:\/\/[^/]+)?\/sign-in\?/);
  }
  for (const file of prepared.files) {
    const address = paths.artifact('acme', prepared.build, file);
    expect((await tell('GET', address)).status(), address).toBe(401);
    expect((await tell('HEAD', address)).status(), address).toBe(401);
    expect((await request.get(address, { maxRedirects: 0, headers: { accept: 'text/html' } })).headers().location).toBe(paths.signIn(address));
  }
  await request.dispose();
});

for (const person of ROLES) {
  test(`${person} may do what the law says, and no more`, async ({ contextOf, baseURL }) => {
    const { request } = await contextOf(person);
    const tell = teller(request, baseURL!);
    const values = parameters(prepared);
    for (const { method, address, right, hasBody } of await readOperations(request)) {
      const what = `${person}: ${method} ${address}`;
      if (right === undefined) {
        expect((await tell(method, fill(address, values))).status(), what).toBe(200);
      } else if (!MAY[right]!.includes(person)) {
        const answer = await tell(method, fill(address, values), { body: hasBody ? {} : undefined });
        expect(answer.status(), what).toBe(403);
        const { error } = (await answer.json()) as { error: { code: string; message: string } };
        expect(error.code, what).toBe('forbidden');
        expect(error.message, what).toMatch(/^Your role is \w+\. To .+ one needs to be .+\.$/);
      } else if (method === 'GET') {
        expect((await tell(method, fill(address, values))).status(), what).toBe(200);
      } else if (hasBody) {
        // Let in, and told what the empty body lacks: nothing is changed.
        const answer = await tell(method, fill(address, values), { body: { name: 7, model: 7, version: 'x', headers: 7, expiresInDays: 'x' } });
        expect(answer.status(), what).toBe(422);
        expect(((await answer.json()) as { error: { problems: unknown[] } }).error.problems.length, what).toBeGreaterThan(0);
      } else {
        // Let in, to a thing that there is not.
        const answer = await tell(method, missing(address, values));
        expect(answer.status(), what).toBe(404);
        expect(await codeOf(answer), what).toBe('not-found');
      }
    }
    for (const page of pagesOf(prepared)) {
      const answer = await request.get(page, { maxRedirects: 0, headers: { accept: 'text/html' } });
      expect(answer.status(), `${person}: ${page}`).toBe(200);
      const hidden = page === paths.audit('acme') && !MAY['audit.read']!.includes(person);
      expect((await answer.text()).includes('Not for your role'), `${person}: ${page}`).toBe(hidden);
    }
    for (const file of prepared.files) {
      const answer = await request.fetch(paths.artifact('acme', prepared.build, file), { headers: { range: 'bytes=0-0', accept: 'application/json' } });
      expect(answer.status(), `${person}: ${file}`).toBe(MAY['artifact.download']!.includes(person) ? 206 : 403);
    }
  });
}

for (const person of OTHERS) {
  test(`${person} of another brand finds nothing of Acme, under its address or under their own`, async ({ contextOf, baseURL }) => {
    const { request } = await contextOf(person);
    const tell = teller(request, baseURL!);
    const values = parameters(prepared);
    for (const { method, address, right, hasBody } of await readOperations(request)) {
      if (right === undefined) continue;
      const foreign = await tell(method, fill(address, values), { body: hasBody ? {} : undefined });
      expect(foreign.status(), `${person}: ${method} ${address}`).toBe(404);
      const text = await foreign.text();
      expect(JSON.parse(text), `${person}: ${method} ${address}`).toMatchObject({ error: { code: 'not-found', details: {} } });
      expect(text.replaceAll('“acme”', ''), 'says no more than was asked').not.toMatch(/acme/i);
    }
    for (const page of pagesOf(prepared)) {
      const answer = await request.get(page, { maxRedirects: 0, headers: { accept: 'text/html' } });
      expect(answer.status(), `${person}: ${page}`).toBe(404);
      expect(await answer.text(), `${person}: ${page}`).not.toMatch(/Acme|Ada Okafor/);
    }
    for (const file of prepared.files) {
      const answer = await tell('GET', paths.artifact('acme', prepared.build, file));
      expect(answer.status(), `${person}: ${file}`).toBe(404);
    }
  });
}

/** What an operation that looks at its body first is asked with, by the end of its address. */
const BODIES: [end: string, body: object][] = [
  ['/versions', { baseVersion: 1, headers: {} }],
  ['/signatures', { version: 1 }],
  ['/signing-requests', { version: 1, key: 'no-such-key' }],
  ['/{asked}', { text: 'type: model' }],
  ['/digests', { digest: `${'A'.repeat(86)}==`, mechanism: 'RSA-PKCS' }],
  ['/rotation', { successor: null }],
  ['/backup', { passphrase: 'long enough for a backup' }],
  ['/drill', { backup: 'x', passphrase: 'x' }],
  ['/keep', { keep: 'pinned' }],
];

test('what Acme has is not found by its name within Globex', async ({ contextOf, baseURL }) => {
  const gloria = (await contextOf('gloria')).request;
  const ada = (await contextOf('ada')).request;
  const tell = teller(gloria, baseURL!);
  const values = { ...parameters(prepared), brand: 'globex' };
  for (const { method, address, hasBody } of await readOperations(gloria)) {
    if (!/\{(?:key|buildKey|model|build|share|token)\}/.test(address)) continue;
    const body = hasBody ? (BODIES.find(([end]) => address.endsWith(end))?.[1] ?? {}) : undefined;
    // Numbers are each brand's own: one that only Acme has.
    const answer = await tell(method, fill(address, values), { body: method === 'POST' ? body : undefined });
    expect(answer.status(), `${method} ${address}`).toBe(404);
  }
  expect((await tell('POST', api.builds('globex'), { body: { model: prepared.model } })).status()).toBe(404);
  expect((await tell('GET', paths.artifact('globex', prepared.build, prepared.files[0]!))).status()).toBe(404);

  const shares = (await (await ada.get(api.shares('acme', prepared.build))).json()) as { items: { id: string; state: string }[] };
  expect(shares.items.find(({ id }) => id === prepared.share)?.state).toBe('active');
});

test('somebody of two brands is in each what their groups there make them', async ({ contextOf, baseURL }) => {
  const { request } = await contextOf('bianca');
  const tell = teller(request, baseURL!);
  const me = (await (await request.get(api.me())).json()) as { brands: { slug: string; role: string }[] };
  expect(me.brands.map(({ slug, role }) => [slug, role])).toEqual([['acme', 'builder'], ['globex', 'editor']]);
  expect((await tell('POST', api.shares('acme', 999_999), { body: {} })).status()).toBe(404);
  expect((await tell('POST', api.shares('globex', 999_999), { body: {} })).status()).toBe(403);
  expect((await tell('POST', api.models('acme'), { body: {} })).status()).toBe(403);
  expect((await tell('POST', api.models('globex'), { body: {} })).status()).toBe(422);
});

test('a change is refused when it does not come from the console’s own pages', async ({ contextOf, baseURL }) => {
  const { request } = await contextOf('ada');
  const tell = teller(request, baseURL!);
  const values = parameters(prepared);
  const changing = (await readOperations(request)).filter(({ method }) => method !== 'GET');
  expect(changing.length).toBeGreaterThan(8);
  const foreign = [null, 'null', 'https://evil.example', baseURL!.replace('http:', 'https:'), `${new URL(baseURL!).origin}.evil.example`];
  for (const { method, address, hasBody } of changing) {
    for (const origin of foreign) {
      const answer = await tell(method, fill(address, values), { origin, body: hasBody ? {} : undefined });
      expect(answer.status(), `${method} ${address} from ${origin}`).toBe(403);
      expect(await codeOf(answer)).toBe('origin-refused');
    }
  }
  for (const origin of foreign) expect((await tell('POST', paths.signOut(), { origin })).status()).toBe(403);
  expect((await request.get(api.me())).status()).toBe(200);
});

test('a thing that there is not is not found, on pages as in the API', async ({ contextOf }) => {
  const context = await contextOf('ada');
  const { request } = context;
  const page = await context.newPage();
  const nothing = [paths.model('acme', 'no-such-model'), paths.modelVersions('acme', 'no-such-model'), paths.modelBuilds('acme', 'no-such-model'), paths.key('acme', 'no-such-key'), paths.build('acme', 999_999), '/acme/builds/x', '/acme/no-such-page', paths.overview('no-such-brand'), '/no/such/page'];
  for (const address of nothing) {
    expect((await page.goto(address))?.status(), address).toBe(404);
    await expect(page.getByRole('heading', { name: 'There is nothing here' }), address).toBeVisible();
  }
  for (const address of [api.model('acme', 'no-such-model'), api.key('acme', 'no-such-key'), api.build('acme', 999_999), '/api/v1/acme/builds/1e3', '/api/v1/acme/models/%00', '/api/v1/acme/models/..%2F..', paths.artifact('acme', prepared.build, 'no-such-file'), paths.artifact('acme', prepared.build, '..%2F..%2Fsecrets.json')]) {
    expect((await request.get(address, { headers: { accept: 'application/json' } })).status(), address).toBe(404);
  }
});

/** Which pages need somebody of the brand; a path that is new has to be put into one of the two. */
const BRAND_PAGES: { [name in keyof typeof paths]: ((things: Things) => string) | 'open' } = {
  home: 'open',
  signIn: 'open',
  signOut: 'open',
  signedOut: 'open',
  share: 'open',
  shareDownload: 'open',
  shareImager: 'open',
  health: 'open',
  // Walked on their own, file by file.
  artifact: 'open',
  overview: ({ brand }) => paths.overview(brand),
  models: ({ brand }) => paths.models(brand),
  newModel: ({ brand }) => paths.newModel(brand),
  model: ({ brand, model }) => paths.model(brand, model),
  modelVersions: ({ brand, model }) => paths.modelVersions(brand, model),
  modelBuilds: ({ brand, model }) => paths.modelBuilds(brand, model),
  keys: ({ brand }) => paths.keys(brand),
  key: ({ brand, key }) => paths.key(brand, key),
  rotateKey: ({ brand, key }) => paths.rotateKey(brand, key),
  builds: ({ brand }) => paths.builds(brand),
  build: ({ brand, build }) => paths.build(brand, build),
  snaps: ({ brand }) => paths.snaps(brand),
  team: ({ brand }) => paths.team(brand),
  tokens: ({ brand }) => paths.tokens(brand),
  audit: ({ brand }) => paths.audit(brand),
};

const pagesOf = (things: Things): string[] => Object.values(BRAND_PAGES).flatMap((page) => (page === 'open' ? [] : [page(things)]));
