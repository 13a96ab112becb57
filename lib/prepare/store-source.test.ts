import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSnapStore } from '../snapstore/client';
import { createSnapCache } from '../snapstore/download';
import { startScripted, type Step } from '../snapstore/testing/scripted-store';
import type { SnapSource } from './source';
import { storeSource } from './store-source';

const SNAP = Buffer.from('a snap that is nobody else’s business');
const DIGEST = createHash('sha3-384').update(SNAP).digest('hex');
const credentials = (macaroon: string) => Buffer.from(JSON.stringify({ t: 'macaroon', v: macaroon })).toString('base64');

/** A brand store with a private snap, which only its own account sees. */
const answer: Step = (response, { method, body, headers }) => {
  if (method === 'GET') return void response.writeHead(200, { 'Content-Length': SNAP.length }).end(SNAP);
  const actions = (JSON.parse(body) as { actions: { 'instance-key': string; name: string }[] }).actions;
  const results = actions.map(({ 'instance-key': key, name }) => {
    if (headers.authorization !== 'Macaroon own') return { result: 'error', 'instance-key': key, name, error: { code: 'name-not-found', message: 'No.' } };
    const snap = { name, 'snap-id': 'x'.repeat(32), revision: 1, version: '1', type: 'app', base: 'core24', architectures: ['all'], confinement: 'strict', private: true, contact: '', website: '', links: {}, download: { url: `http://${headers.host}/d`, size: SNAP.length, 'sha3-384': DIGEST }, publisher: { id: 'own', username: 'own', 'display-name': 'Own', validation: 'unproven' } };
    return { result: 'download', 'instance-key': key, name, 'snap-id': snap['snap-id'], 'effective-channel': 'latest/stable', snap };
  });
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ results }));
};

let dir: string;
let server: Awaited<ReturnType<typeof startScripted>>;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'imprint-source-'));
  server = await startScripted(answer);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

/** The builds of one account; all share the cache. */
const sourceFor = (macaroon: string): SnapSource => {
  const options = { apiUrl: server.url, dashboardUrl: server.url, credentials: credentials(macaroon), retries: { tries: 1 } };
  return storeSource(createSnapStore(options), createSnapCache({ ...options, dir }));
};
const wanted = [{ name: 'private-app', snapId: undefined, channel: 'latest/stable', revision: undefined, components: [] }];
const device = { architecture: 'amd64' };

it("another account's private snap is not had by its digest: the store is asked for each build, whatever the cache holds", async () => {
  const own = sourceFor('own');
  const [offer] = await own.find(wanted, device);
  const { path: kept } = await own.fetch(offer!, { device });
  expect(await readFile(kept)).toEqual(SNAP);
  expect(await own.fetch(offer!, { device })).toEqual({ path: kept, cached: true });

  await expect(sourceFor('other').find(wanted, device)).rejects.toMatchObject({ code: 'snap-unknown', message: expect.stringContaining('whether this account may see it') });
  expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
});
