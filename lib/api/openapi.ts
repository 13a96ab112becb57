/** The OpenAPI document, made from the schemas that the routes parse and answer with. */
import { z } from 'zod';
import type { Verb } from '../access';
import { buildRequest, buildSummary, buildView, logLine } from './builds';
import { errorBody, listQuery, pageOf } from './common';
import { createKeyRequest, keyView } from './keys';
import { createModelRequest, modelDetail, modelSummary, modelVersion, saveVersionRequest, signature, signRequest } from './models';
import { auditRow, me, overview, team } from './people';
import { createdShare, createShareRequest, shareView } from './shares';
import { snapQuery, snapView } from './snaps';

export type Operation = {
  method: 'get' | 'post' | 'delete';
  /** With `{parameter}` places, as OpenAPI writes them. */
  path: string;
  summary: string;
  /** The right it needs; undefined: only a session. */
  verb?: Verb;
  query?: z.ZodType;
  body?: z.ZodType;
  /** A schema, or the media type of an answer that is not JSON. */
  answer: z.ZodType | string;
  status?: 200 | 201;
};

const items = (item: z.ZodType) => z.object({ items: z.array(item) });
const BRAND = '/api/v1/{brand}';

export const OPERATIONS: readonly Operation[] = [
  { method: 'get', path: '/api/v1/me', summary: 'Who is signed in, and their brands', answer: me },
  { method: 'get', path: `${BRAND}/overview`, summary: 'The checklist and the counts', verb: 'brand.read', answer: overview },
  { method: 'get', path: `${BRAND}/keys`, summary: 'List signing keys', verb: 'brand.read', answer: items(keyView) },
  { method: 'post', path: `${BRAND}/keys`, summary: 'Create a signing key and register it', verb: 'key.create', body: createKeyRequest, answer: keyView, status: 201 },
  { method: 'get', path: `${BRAND}/keys/{key}`, summary: 'One key', verb: 'brand.read', answer: keyView },
  { method: 'delete', path: `${BRAND}/keys/{key}`, summary: 'Retire a key', verb: 'key.retire', answer: keyView },
  { method: 'post', path: `${BRAND}/keys/{key}/register`, summary: 'Register a key again', verb: 'key.register', answer: keyView },
  { method: 'get', path: `${BRAND}/models`, summary: 'List models', verb: 'brand.read', query: listQuery, answer: pageOf(modelSummary) },
  { method: 'post', path: `${BRAND}/models`, summary: 'Create a model from a board template', verb: 'model.edit', body: createModelRequest, answer: modelDetail, status: 201 },
  { method: 'get', path: `${BRAND}/models/{model}`, summary: 'One model with its newest version', verb: 'brand.read', answer: modelDetail },
  { method: 'get', path: `${BRAND}/models/{model}/versions`, summary: 'List versions, newest first', verb: 'brand.read', answer: items(modelVersion) },
  { method: 'post', path: `${BRAND}/models/{model}/versions`, summary: 'Save a version', verb: 'model.edit', body: saveVersionRequest, answer: modelVersion, status: 201 },
  { method: 'get', path: `${BRAND}/models/{model}/versions/{version}`, summary: 'One version', verb: 'brand.read', answer: modelVersion },
  { method: 'get', path: `${BRAND}/models/{model}/signatures`, summary: 'List signatures', verb: 'brand.read', answer: items(signature) },
  { method: 'post', path: `${BRAND}/models/{model}/signatures`, summary: 'Sign a version', verb: 'model.sign', body: signRequest, answer: signature, status: 201 },
  { method: 'get', path: `${BRAND}/models/{model}/signatures/{revision}/assertion`, summary: 'The signed model; with chain=1 also account and account-key', verb: 'brand.read', query: z.object({ chain: z.string().optional() }), answer: 'application/x.ubuntu.assertion' },
  { method: 'get', path: `${BRAND}/builds`, summary: 'List builds', verb: 'brand.read', query: listQuery, answer: pageOf(buildSummary) },
  { method: 'post', path: `${BRAND}/builds`, summary: 'Build an image', verb: 'build.request', body: buildRequest, answer: buildView, status: 201 },
  { method: 'get', path: `${BRAND}/builds/{build}`, summary: 'One build', verb: 'brand.read', answer: buildView },
  { method: 'get', path: `${BRAND}/builds/{build}/events`, summary: 'The build as it goes, as Server-Sent Events', verb: 'brand.read', answer: 'text/event-stream' },
  { method: 'get', path: `${BRAND}/builds/{build}/log`, summary: 'Log lines after an id', verb: 'brand.read', answer: items(logLine) },
  { method: 'post', path: `${BRAND}/builds/{build}/cancel`, summary: 'Cancel a build', verb: 'build.cancel', answer: buildView },
  { method: 'delete', path: `${BRAND}/builds/{build}/artifacts`, summary: 'Delete the images of a build', verb: 'artifact.delete', answer: buildView },
  { method: 'get', path: `${BRAND}/builds/{build}/shares`, summary: 'List the links of a build', verb: 'brand.read', answer: items(shareView) },
  { method: 'post', path: `${BRAND}/builds/{build}/shares`, summary: 'Create a link', verb: 'share.create', body: createShareRequest, answer: createdShare, status: 201 },
  { method: 'delete', path: `${BRAND}/shares/{share}`, summary: 'Revoke a link', verb: 'share.revoke', answer: shareView },
  { method: 'get', path: `${BRAND}/snaps`, summary: 'Search the Snap Store', verb: 'brand.read', query: snapQuery, answer: items(snapView) },
  { method: 'get', path: `${BRAND}/snaps/{snap}`, summary: 'One snap with its channels', verb: 'brand.read', answer: snapView },
  { method: 'get', path: `${BRAND}/team`, summary: 'Who is in the brand, and why', verb: 'team.read', answer: team },
  { method: 'get', path: `${BRAND}/audit`, summary: 'The audit log, newest first', verb: 'audit.read', query: listQuery, answer: pageOf(auditRow) },
];

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { target: 'draft-2020-12', io });

const parametersOf = (operation: Operation) => {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const query = operation.query ? schemaOf(operation.query, 'input') : undefined;
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({ name, in: 'query', required: query?.required?.includes(name) ?? false, schema }));
  return [...inPath, ...inQuery];
};

const describe = (operation: Operation) => ({
  summary: operation.summary,
  ...(operation.verb ? { description: `Needs the right \`${operation.verb}\`.`, 'x-right': operation.verb } : {}),
  parameters: parametersOf(operation),
  ...(operation.body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(operation.body, 'input') } } } } : {}),
  responses: {
    [operation.status ?? 200]: {
      description: 'Done',
      content:
        typeof operation.answer === 'string'
          ? { [operation.answer]: { schema: { type: 'string' } } }
          : { 'application/json': { schema: schemaOf(operation.answer, 'output') } },
    },
    default: { description: 'Refused or failed', content: { 'application/json': { schema: schemaOf(errorBody, 'output') } } },
  },
});

/** An OpenAPI 3.1 document; `url` is the console's own address. */
export function openApiDocument(url: string): Record<string, unknown> {
  const routes: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) (routes[operation.path] ??= {})[operation.method] = describe(operation);
  return { openapi: '3.1.0', info: { title: 'Imprint', version: '1', description: 'Mutating calls need an Origin header equal to the console’s address.' }, servers: [{ url }], paths: routes };
}
