/** The OpenAPI document, made from the schemas that the routes parse and answer with. */
import { z } from 'zod';
import { SCOPES, SCOPE_VERBS } from '../access';
import type { Verb } from '../access';
import { buildKeyView } from './build-keys';
import { buildRequest, buildsQuery, buildSummary, buildView, logLine, logQuery } from './builds';
import { errorBody, listQuery, pageOf } from './common';
import { backupKeyRequest, createKeyRequest, drillRequest, enrolExternalRequest, enrolOfflineRequest, importKeyRequest, keyBackup, keyRotation, keySignature, keySignaturesQuery, keyUseQuery, keyUseView, keyView, planRotationRequest, signerRef } from './keys';
import { answerSignatureRequest, askSignatureRequest, assertionQuery, modelDetail, modelSummary, modelVersion, newModelRequest, readModelRequest, readModelView, saveVersionRequest, signature, signingRequestView, signRequest } from './models';
import { auditQuery, auditRow, me, overview, team } from './people';
import { keepImagesRequest, retentionView, setRetentionRequest } from './retention';
import { createdShare, createShareRequest, shareView } from './shares';
import { snapInfoQuery, snapQuery, snapView } from './snaps';
import { createdToken, createTokenRequest, digestRequest, digestSignature, tokenView } from './tokens';

export type Operation = {
  method: 'get' | 'post' | 'delete';
  /** With `{parameter}` places, as OpenAPI writes them. */
  path: string;
  summary: string;
  /** The right it needs; undefined: only a session or an API token. */
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
  { method: 'post', path: `${BRAND}/keys/{key}/register`, summary: 'Register a key, or try again', verb: 'key.register', answer: keyView },
  { method: 'post', path: `${BRAND}/keys/{key}/look`, summary: 'Ask the store whether it has the account-key by now', verb: 'key.register', answer: keyView },
  { method: 'get', path: `${BRAND}/keys/{key}/request`, summary: 'The account-key-request, to be handed to the store by hand', verb: 'brand.read', answer: 'application/x.ubuntu.assertion' },
  { method: 'get', path: `${BRAND}/keys/{key}/uses`, summary: 'The log of every use of a key, newest first', verb: 'brand.read', query: keyUseQuery, answer: pageOf(keyUseView) },
  { method: 'get', path: `${BRAND}/keys/{key}/signatures`, summary: 'What a key has signed, and the builds of it, newest first', verb: 'brand.read', query: keySignaturesQuery, answer: pageOf(keySignature) },
  { method: 'get', path: `${BRAND}/keys/{key}/rotation`, summary: 'How far the change to another key has come', verb: 'brand.read', answer: keyRotation },
  { method: 'post', path: `${BRAND}/keys/{key}/rotation`, summary: 'Say which key follows, or take it back', verb: 'key.retire', body: planRotationRequest, answer: keyRotation },
  { method: 'post', path: `${BRAND}/keys/{key}/backup`, summary: 'The private key under a passphrase, to be kept elsewhere', verb: 'key.backup', body: backupKeyRequest, answer: keyBackup },
  { method: 'post', path: `${BRAND}/keys/{key}/drill`, summary: 'Prove that a backup can be used', verb: 'key.backup', body: drillRequest, answer: keyView },
  { method: 'post', path: `${BRAND}/key-imports`, summary: 'Import a private key from a file', verb: 'key.create', body: importKeyRequest, answer: keyView, status: 201 },
  { method: 'post', path: `${BRAND}/offline-keys`, summary: 'Enrol a key that is kept offline, by its account-key-request', verb: 'key.create', body: enrolOfflineRequest, answer: keyView, status: 201 },
  { method: 'post', path: `${BRAND}/external-keys`, summary: 'Enrol a key in a PKCS#11 token', verb: 'key.create', body: enrolExternalRequest, answer: keyView, status: 201 },
  { method: 'get', path: `${BRAND}/signers`, summary: 'The PKCS#11 tokens that are configured', verb: 'brand.read', answer: items(signerRef) },
  { method: 'post', path: `${BRAND}/keys/{key}/digests`, summary: 'Sign a SHA-512 that was made elsewhere, as snapd’s key managers are asked to', verb: 'model.sign', body: digestRequest, answer: digestSignature },
  { method: 'get', path: `${BRAND}/models`, summary: 'List models', verb: 'brand.read', query: listQuery, answer: pageOf(modelSummary) },
  { method: 'post', path: `${BRAND}/models`, summary: 'Create a model from a board template, or from headers', verb: 'model.edit', body: newModelRequest, answer: modelDetail, status: 201 },
  { method: 'post', path: `${BRAND}/model-inputs`, summary: 'Read and verify a model without keeping it: JSON, a signed model, or one with its chain', verb: 'model.edit', body: readModelRequest, answer: readModelView },
  { method: 'get', path: `${BRAND}/models/{model}`, summary: 'One model with its newest version', verb: 'brand.read', answer: modelDetail },
  { method: 'get', path: `${BRAND}/models/{model}/versions`, summary: 'List versions, newest first', verb: 'brand.read', answer: items(modelVersion) },
  { method: 'post', path: `${BRAND}/models/{model}/versions`, summary: 'Save a version', verb: 'model.edit', body: saveVersionRequest, answer: modelVersion, status: 201 },
  { method: 'get', path: `${BRAND}/models/{model}/versions/{version}`, summary: 'One version', verb: 'brand.read', answer: modelVersion },
  { method: 'get', path: `${BRAND}/models/{model}/versions/{version}/json`, summary: 'A version as snap sign takes it, with the next revision and the time of now', verb: 'brand.read', answer: 'application/json' },
  { method: 'get', path: `${BRAND}/models/{model}/signatures`, summary: 'List signatures', verb: 'brand.read', answer: items(signature) },
  { method: 'post', path: `${BRAND}/models/{model}/signatures`, summary: 'Sign a version', verb: 'model.sign', body: signRequest, answer: signature, status: 201 },
  { method: 'get', path: `${BRAND}/models/{model}/signatures/{revision}/assertion`, summary: 'The signed model; with chain=1 also its account-key and account', verb: 'brand.read', query: assertionQuery, answer: 'application/x.ubuntu.assertion' },
  { method: 'get', path: `${BRAND}/models/{model}/signing-requests`, summary: 'List what waits for a signature by a key that is kept offline, newest first', verb: 'brand.read', answer: items(signingRequestView) },
  { method: 'post', path: `${BRAND}/models/{model}/signing-requests`, summary: 'Fix what a key that is kept offline is to sign', verb: 'model.sign', body: askSignatureRequest, answer: signingRequestView, status: 201 },
  { method: 'get', path: `${BRAND}/models/{model}/signing-requests/{asked}`, summary: 'The JSON that is to be signed, exactly', verb: 'brand.read', answer: 'application/json' },
  { method: 'post', path: `${BRAND}/models/{model}/signing-requests/{asked}`, summary: 'Bring what snap sign printed; it is verified and compared with what was asked', verb: 'model.sign', body: answerSignatureRequest, answer: signature, status: 201 },
  { method: 'delete', path: `${BRAND}/models/{model}/signing-requests/{asked}`, summary: 'Give up a request for a signature', verb: 'model.sign', answer: signingRequestView },
  { method: 'get', path: `${BRAND}/build-keys`, summary: 'List build keys, which sign provenance, the one that signs now first', verb: 'brand.read', answer: items(buildKeyView) },
  { method: 'post', path: `${BRAND}/build-keys`, summary: 'Make a new build key, which signs from now on', verb: 'key.create', answer: buildKeyView, status: 201 },
  { method: 'get', path: `${BRAND}/build-keys/{buildKey}`, summary: 'The public half of a build key, as evidence verify takes it', verb: 'brand.read', answer: 'application/x-pem-file' },
  { method: 'get', path: `${BRAND}/builds`, summary: 'List builds', verb: 'brand.read', query: buildsQuery, answer: pageOf(buildSummary) },
  { method: 'post', path: `${BRAND}/builds`, summary: 'Build an image', verb: 'build.request', body: buildRequest, answer: buildView, status: 201 },
  { method: 'get', path: `${BRAND}/builds/{build}`, summary: 'One build', verb: 'brand.read', answer: buildView },
  { method: 'get', path: `${BRAND}/builds/{build}/events`, summary: 'The build as it goes, as Server-Sent Events', verb: 'brand.read', query: logQuery, answer: 'text/event-stream' },
  { method: 'get', path: `${BRAND}/builds/{build}/log`, summary: 'Log lines after an id', verb: 'brand.read', query: logQuery, answer: items(logLine) },
  { method: 'post', path: `${BRAND}/builds/{build}/cancel`, summary: 'Cancel a build', verb: 'build.cancel', answer: buildView },
  { method: 'delete', path: `${BRAND}/builds/{build}/artifacts`, summary: 'Delete the images of a build', verb: 'artifact.delete', answer: buildView },
  { method: 'post', path: `${BRAND}/builds/{build}/keep`, summary: 'Pin the images of a build, keep them longer, or as long as the brand says', verb: 'artifact.keep', body: keepImagesRequest, answer: buildView },
  { method: 'get', path: `${BRAND}/retention`, summary: 'How long images are kept, and what they take of the disk', verb: 'brand.read', answer: retentionView },
  { method: 'post', path: `${BRAND}/retention`, summary: 'Set how long images are kept', verb: 'retention.set', body: setRetentionRequest, answer: retentionView },
  { method: 'get', path: `${BRAND}/builds/{build}/shares`, summary: 'List the links of a build', verb: 'brand.read', answer: items(shareView) },
  { method: 'post', path: `${BRAND}/builds/{build}/shares`, summary: 'Create a link', verb: 'share.create', body: createShareRequest, answer: createdShare, status: 201 },
  { method: 'delete', path: `${BRAND}/shares/{share}`, summary: 'Revoke a link', verb: 'share.revoke', answer: shareView },
  { method: 'get', path: `${BRAND}/snaps`, summary: 'Search the Snap Store', verb: 'brand.read', query: snapQuery, answer: items(snapView) },
  { method: 'get', path: `${BRAND}/snaps/{snap}`, summary: 'One snap with its channels', verb: 'brand.read', query: snapInfoQuery, answer: snapView },
  { method: 'get', path: `${BRAND}/team`, summary: 'Who is in the brand, and why', verb: 'team.read', answer: team },
  { method: 'get', path: `${BRAND}/tokens`, summary: 'List one’s own API tokens; an owner sees everybody’s', verb: 'token.create', answer: items(tokenView) },
  { method: 'post', path: `${BRAND}/tokens`, summary: 'Create an API token; its secret is told here and never again', verb: 'token.create', body: createTokenRequest, answer: createdToken, status: 201 },
  { method: 'delete', path: `${BRAND}/tokens/{token}`, summary: 'Revoke an API token', verb: 'token.revoke', answer: tokenView },
  { method: 'get', path: `${BRAND}/audit`, summary: 'The audit log, newest first', verb: 'audit.read', query: auditQuery, answer: pageOf(auditRow) },
];

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { target: 'draft-2020-12', io });

const parametersOf = (operation: Operation) => {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const query = operation.query ? schemaOf(operation.query, 'input') : undefined;
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({ name, in: 'query', required: query?.required?.includes(name) ?? false, schema }));
  return [...inPath, ...inQuery];
};

/** A session, or an API token of any scope that has the right. */
const securityOf = (verb: Verb | undefined) => [{ session: [] }, ...(verb ? SCOPES.filter((scope) => SCOPE_VERBS[scope].includes(verb)).map((scope) => ({ apiToken: [scope] })) : [{ apiToken: [] }])];

const SECURITY_SCHEMES = {
  session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token', description: 'A browser’s session. Mutating calls need an Origin header equal to the console’s address. Over https the cookie’s name begins with __Secure-.' },
  apiToken: { type: 'http', scheme: 'bearer', description: 'An API token of one brand, which acts as its person within its scopes. It needs no Origin header, and cookies do not count beside it.' },
};

const describe = (operation: Operation) => ({
  summary: operation.summary,
  ...(operation.verb ? { description: `Needs the right \`${operation.verb}\`.`, 'x-right': operation.verb } : {}),
  security: securityOf(operation.verb),
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

const STRICT = [
  'Every body and every query is strict: a field or query parameter that an operation does not have, or one that is given twice,',
  'is refused with 422, before anything is looked up or made. error.problems names each with its path, and whatever else is wrong.',
].join(' ');

/** An OpenAPI 3.1 document; `url` is the console's own address. */
export function openApiDocument(url: string): Record<string, unknown> {
  const routes: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) (routes[operation.path] ??= {})[operation.method] = describe(operation);
  return { openapi: '3.1.0', info: { title: 'Imprint', version: '1', description: STRICT }, servers: [{ url }], paths: routes, components: { securitySchemes: SECURITY_SCHEMES } };
}
