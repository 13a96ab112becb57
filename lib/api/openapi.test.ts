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

test('is made of schemas that JSON Schema can express', () => {
  const document = openApiDocument('http://localhost:3000') as { paths: Record<string, Record<string, { parameters: { name: string }[] }>> };
  expect(document.paths['/api/v1/{brand}/builds']?.get?.parameters.map((p) => p.name)).toEqual(['brand', 'q', 'after', 'limit']);
});

test('says by which session or scope each operation is open', () => {
  const document = openApiDocument('http://localhost:3000') as { paths: Record<string, Record<string, { security: object[] }>>; components: { securitySchemes: object } };
  expect(Object.keys(document.components.securitySchemes)).toEqual(['session', 'apiToken']);
  expect(document.paths['/api/v1/me']!.get!.security).toEqual([{ session: [] }, { apiToken: [] }]);
  expect(document.paths['/api/v1/{brand}/models']!.post!.security).toEqual([{ session: [] }, { apiToken: ['edit'] }]);
  expect(document.paths['/api/v1/{brand}/tokens']!.post!.security).toEqual([{ session: [] }]);
});
