import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openApiDocument, OPERATIONS } from './openapi';

const root = join(import.meta.dirname, '../../app/api/v1');
const inCode = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('route.ts') && !file.startsWith('openapi.json'))
  .map((file) => `/api/v1/${file.replace(/\/route\.ts$/, '').replaceAll(/\[(\w+)\]/g, '{$1}')}`);

test('describes every route there is and none that is not', () => {
  expect([...new Set(OPERATIONS.map((o) => o.path))].sort()).toEqual(inCode.sort());
});

type Described = { parameters: { name: string; in: string }[]; requestBody?: { content: { 'application/json': { schema: unknown } } } };
const described = (openApiDocument('http://localhost:3000') as { paths: Record<string, Record<string, Described>> }).paths;

test.each([
  ['audit', ['q', 'after', 'limit', 'action', 'actor']],
  ['builds', ['q', 'after', 'limit', 'model', 'state']],
  ['builds/{build}/events', ['after']],
  ['builds/{build}/log', ['after']],
  ['models/{model}/signatures/{revision}/assertion', ['chain']],
  ['snaps', ['q', 'architecture', 'type']],
  ['snaps/{snap}', ['architecture']],
  ['keys', []],
])('says what can be asked of %s', (path, names) => {
  const { parameters } = described[`/api/v1/{brand}/${path}`]!.get!;
  expect(parameters.filter((one) => one.in === 'query').map(({ name }) => name)).toEqual(names);
});

type ObjectSchema = { properties: object; additionalProperties?: unknown };

/** Every schema of an object with fields of its own, with its place. */
function* objectsIn(schema: unknown, place: string): Generator<[place: string, schema: ObjectSchema]> {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema) yield [place, schema as ObjectSchema];
  for (const [name, inner] of Object.entries(schema)) yield* objectsIn(inner, `${place}/${name}`);
}

test('says of every body that it takes no other field, all the way down', () => {
  const bodies = Object.entries(described).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => [...objectsIn(requestBody, `${method} ${path}`)]),
  );
  expect(bodies.length).toBeGreaterThanOrEqual(OPERATIONS.filter(({ body }) => body).length);
  expect(bodies.filter(([, { additionalProperties }]) => additionalProperties !== false)).toEqual([]);
});

test('says by which session or scope each operation is open', () => {
  const document = openApiDocument('http://localhost:3000') as { paths: Record<string, Record<string, { security: object[] }>>; components: { securitySchemes: object } };
  expect(Object.keys(document.components.securitySchemes)).toEqual(['session', 'apiToken']);
  expect(document.paths['/api/v1/me']!.get!.security).toEqual([{ session: [] }, { apiToken: [] }]);
  expect(document.paths['/api/v1/{brand}/models']!.post!.security).toEqual([{ session: [] }, { apiToken: ['edit'] }]);
  expect(document.paths['/api/v1/{brand}/tokens']!.post!.security).toEqual([{ session: [] }]);
});
