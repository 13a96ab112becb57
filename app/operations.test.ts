import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { OPERATIONS } from '@/lib/api/openapi';
import type { Operation } from '@/lib/api/openapi';
import type { ErrorBody } from '@/lib/api/common';

// Whoever gets past the parsing of a request has no database to go on with, and answers 500.
vi.mock('./auth', () => ({
  contextOf: async () => ({ role: 'owner', brand: { slug: 'acme' }, actor: { name: 'Ada' } }),
  callerOf: async () => ({ person: { name: 'Ada', brands: [] } }),
}));
vi.mock('@/lib/log', () => ({ log: () => ({ error: () => undefined }) }));

type Method = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const UNKNOWN = 'no-such-name';

const fileOf = ({ path: address }: Operation): string =>
  path.join(
    import.meta.dirname,
    `${address.replace(/^\//, '').replaceAll(/\{(\w+)\}/g, '[$1]')}`,
    'route.ts',
  );
const load = (operation: Operation) => import(fileOf(operation)) as Promise<Record<string, Method>>;

async function ask(
  operation: Operation,
  { query = '', body, type = 'application/json' }: { query?: string; body?: string; type?: string },
) {
  const method = operation.method.toUpperCase();
  const handler = (await load(operation))[method]!;
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, '1']);
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
  const request = new Request(`http://localhost/x${query}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const response = await handler(request, {
    params: Promise.resolve(Object.fromEntries(names) as Record<string, string>),
  });
  const { error } = (await response.json()) as Partial<ErrorBody>;
  return { status: response.status, code: error?.code, problems: error?.problems ?? [] };
}

const withBody = OPERATIONS.filter(({ body }) => body);
const withoutBody = OPERATIONS.filter(({ body }) => !body);
const named = (operations: readonly Operation[]) =>
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);
const refused = (...problems: object[]) => ({
  status: 422,
  code: 'invalid',
  problems: expect.arrayContaining(problems.map((one) => expect.objectContaining(one))),
});

describe('the table of operations', () => {
  it('has every method of every route', async () => {
    const files = new Set(OPERATIONS.map(fileOf));
    for (const file of files) {
      expect(existsSync(file), file).toBe(true);
      const methods = Object.keys((await import(file)) as object).filter((name) => METHODS.includes(name));
      const listed = OPERATIONS.filter((operation) => fileOf(operation) === file).map(({ method }) =>
        method.toUpperCase(),
      );
      expect(methods.sort(), file).toEqual(listed.sort());
    }
  });
});

describe('every operation', () => {
  it.each(named(OPERATIONS))('refuses a query parameter that it does not have: %s', async (_, operation) => {
    const body = operation.body ? '{}' : undefined;
    expect(await ask(operation, { query: `?${UNKNOWN}=1`, ...(body && { body }) })).toEqual(
      refused({ path: UNKNOWN, code: 'unknown-field' }),
    );
  });

  it.each(named(OPERATIONS))('refuses a query parameter that is given twice: %s', async (_, operation) => {
    for (const name of [...queryNames(operation), UNKNOWN]) {
      expect(await ask(operation, { query: `?${name}=1&${name}=1` }), name).toEqual(
        refused({ path: name, code: 'repeated' }),
      );
    }
  });

  it.each(named(OPERATIONS))('has the query parameters of the document: %s', async (_, operation) => {
    const names = queryNames(operation);
    const { problems } = await ask(operation, {
      query: `?${[...names, UNKNOWN].map((name) => `${name}=1`).join('&')}`,
    });
    expect(problems.filter(({ code }) => code === 'unknown-field').map(({ path: at }) => at)).toEqual([
      UNKNOWN,
    ]);
  });
});

describe('every operation with a body', () => {
  it.each(named(withBody))(
    'refuses a field that it does not have, and tells of the query too: %s',
    async (_, operation) => {
      const body = JSON.stringify({ [UNKNOWN]: 1, 'another one': {}, ['__proto__x']: 1 });
      expect(await ask(operation, { query: `?${UNKNOWN}=1`, body })).toEqual(
        refused(
          { path: UNKNOWN, code: 'unknown-field' },
          { path: '["another one"]', code: 'unknown-field' },
          { path: '__proto__x', code: 'unknown-field' },
        ),
      );
    },
  );
  it.each(named(withBody))('refuses what is no JSON, or of another type: %s', async (_, operation) => {
    expect(await ask(operation, { body: '{"a"}' })).toEqual(
      refused({ path: '', code: 'not-json', message: expect.stringContaining('(line 1, column 5)') }),
    );
    expect(await ask(operation, { body: '{}', type: 'text/plain' })).toEqual(
      refused({ path: '', code: 'content-type' }),
    );
    expect(await ask(operation, {})).toEqual(refused({ path: '', code: 'content-type' }));
    expect(await ask(operation, { body: '[]' })).toMatchObject({ status: 422, problems: [{ path: '' }] });
    expect(await ask(operation, { body: `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}` })).toEqual(
      refused({ path: '', code: 'json-limit' }),
    );
  });
});

describe('every operation without a body', () => {
  it.each(named(withoutBody.filter(({ method }) => method !== 'get')))(
    'refuses one: %s',
    async (_, operation) => {
      expect(await ask(operation, { body: JSON.stringify({ [UNKNOWN]: 1 }) })).toEqual(
        refused({ path: UNKNOWN, code: 'unknown-field' }),
      );
      expect(await ask(operation, { body: 'x=1', type: 'application/x-www-form-urlencoded' })).toEqual(
        refused({ path: '', code: 'body-unexpected' }),
      );
    },
  );
});

function queryNames({ query }: Operation): string[] {
  return query ? Object.keys((query as unknown as { shape: object }).shape) : [];
}
