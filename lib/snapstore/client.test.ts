import { afterEach, describe, expect, it } from 'vitest';
import { createSnapStore } from './client';
import type { SnapStoreOptions } from './client';
import { hangUp, json, recordDelays, startScripted } from './testing/scripted-store';
import type { Step } from './testing/scripted-store';
import type { SnapWanted } from './snap-store';

const ID = 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH';
const DIGEST = 'ab'.repeat(48);
const KEY = '6w7UriF6ziyc4t-e-vVzERE9uUVVXSXdEmQJ3ZMfNFl4vSq_PG5jcUxh3XI15VRz';
const CREDENTIALS = Buffer.from(JSON.stringify({ t: 'macaroon', v: 'secret' })).toString('base64');

/** Well-formed and unsigned: whoever asks the store verifies later. */
const ACCOUNT = `type: account\nauthority-id: canonical\naccount-id: acme\ndisplay-name: Acme\ntimestamp: 2026-01-01T00:00:00Z\nvalidation: unproven\nsign-key-sha3-384: ${KEY}\n\nAcLBUgQAAQoABgUC\n`;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function storeWith(step: Step | Step[], more: Partial<SnapStoreOptions> = {}) {
  const server = await startScripted(...[step].flat());
  open.push(server);
  const { delay } = recordDelays();
  return { server, store: createSnapStore({ apiUrl: server.url, dashboardUrl: server.url, delay, retries: { tries: 2 }, ...more }) };
}

const text =
  (body: string): Step =>
  (response) =>
    void response.writeHead(200, { 'Content-Type': 'application/x.ubuntu.assertion' }).end(body);
const notFound = json({ 'error-list': [{ code: 'not-found', message: 'not found' }] }, 404);
const amd64 = { architecture: 'amd64' };

describe('an assertion', () => {
  it('is asked for under its key, with the header names of the first API', async () => {
    const { store, server } = await storeWith(text(ACCOUNT));
    const account = await store.assertion('account', ['acme']);
    expect(account).toMatchObject({ type: 'account', primaryKey: ['acme'] });
    expect(server.seen[0]).toMatchObject({ method: 'GET', path: '/v2/assertions/account/acme?max-format=0' });
    expect(server.seen[0]?.headers).toMatchObject({ accept: 'application/x.ubuntu.assertion', 'x-ubuntu-series': '16' });
    expect(Object.keys(server.seen[0]?.headers ?? {}).some((name) => name.startsWith('snap-device'))).toBe(false);
  });

  it.each([
    ['snap-revision', [KEY, 'global-upload'], `/v2/assertions/snap-revision/${KEY}?max-format=0`],
    ['snap-revision', [KEY], `/v2/assertions/snap-revision/${KEY}?max-format=0`],
    ['snap-revision', [KEY, 'other'], `/v2/assertions/snap-revision/${KEY}/other?max-format=0`],
    ['snap-declaration', ['16', ID], `/v2/assertions/snap-declaration/16/${ID}?max-format=7`],
    ['account-key', [KEY], `/v2/assertions/account-key/${KEY}?max-format=1`],
    ['validation-set', ['16', 'acme', 'set', '3'], '/v2/assertions/validation-set/16/acme/set?max-format=0&sequence=3'],
    ['validation-set', ['16', 'acme', 'set', 'latest'], '/v2/assertions/validation-set/16/acme/set?max-format=0&sequence=latest'],
    ['cluster', ['one', 'latest'], '/v2/assertions/cluster/one?max-format=0&sequence=latest'],
    [
      'snap-resource-revision',
      [ID, 'icons', KEY],
      `/v2/assertions/snap-resource-revision/${ID}/icons/${KEY}?max-format=0`,
    ],
    [
      'snap-resource-pair',
      [ID, 'icons', '3', '7', 'own'],
      `/v2/assertions/snap-resource-pair/${ID}/icons/3/7/own?max-format=0`,
    ],
    [
      'snap-resource-pair',
      [ID, 'icons', '3', '7', 'global-upload'],
      `/v2/assertions/snap-resource-pair/${ID}/icons/3/7?max-format=0`,
    ],
    ['store', ['my store'], '/v2/assertions/store/my%20store?max-format=0'],
    ['serial', ['acme', 'box', 'A+1 '], '/v2/assertions/serial/acme/box/A%2B1%20?max-format=0'],
    ['system-user', ['acme', 'a+b@x.org'], '/v2/assertions/system-user/acme/a%2Bb%40x.org?max-format=2'],
    ['model', ['16', 'acme', 'a?b#c'], '/v2/assertions/model/16/acme/a%3Fb%23c?max-format=0'],
  ])('%s %j is at %s', async (type, key, path) => {
    const { store, server } = await storeWith(notFound);
    expect(await store.assertion(type, key)).toBeUndefined();
    expect(server.seen[0]?.path).toBe(path);
  });

  it('is asked for in no format above the one that a device reads', async () => {
    const { store, server } = await storeWith(notFound);
    for (const maxFormat of [5, 9]) await store.assertion('snap-declaration', ['16', ID], { maxFormat });
    expect(server.seen.map(({ path }) => path.split('?')[1])).toEqual(['max-format=5', 'max-format=7']);
  });

  it.each([
    ['account', []],
    ['account', ['a', 'b']],
    ['validation-set', ['16', 'acme', 'set']],
    ['snap-revision', [KEY, 'own', 'more']],
    ['no-such-type', ['a']],
    ['serial-request', []],
    ['../snaps', ['a']],
  ])('%s %j cannot be and is not asked for', async (type, key) => {
    const { store, server } = await storeWith(notFound);
    await expect(store.assertion(type, key)).rejects.toMatchObject({ code: 'invalid' });
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ['account', ['']],
    ['account', ['..']],
    ['store', ['a/b']],
    ['validation-set', ['16', 'acme', 'set', '0']],
    ['validation-set', ['16', 'acme', 'set', '+3']],
    ['validation-set', ['16', 'acme', 'set', 'newest']],
  ])('%s %j is a key of none, and is not asked for', async (type, key) => {
    const { store, server } = await storeWith(text(ACCOUNT));
    expect(await store.assertion(type, key)).toBeUndefined();
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ['another account', ACCOUNT.replaceAll('acme', 'globex')],
    ['nothing', ''],
    ['no assertion', 'type: account\n'],
    ['a web page', '<!doctype html>'],
  ])('is not believed when it is %s', async (_, body) => {
    const { store, server } = await storeWith(text(body));
    await expect(store.assertion('account', ['acme'])).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(server.seen).toHaveLength(2);
  });

  it('that is found nowhere is undefined in the first API\'s words too', async () => {
    const { store } = await storeWith(json({ status: 404, type: 'about:blank', title: 'Not found', detail: 'no' }, 404));
    expect(await store.assertion('account', ['acme'])).toBeUndefined();
  });
});

describe('an assertion of a sequence', () => {
  const set = (more: Record<string, string> = {}): string => {
    const wanted = { series: '16', 'account-id': 'acme', name: 'base-set', sequence: '3', ...more };
    const { revision, ...key }: typeof wanted & { revision?: string } = wanted;
    const meta = { type: 'validation-set', 'authority-id': key['account-id'], ...(revision && { revision }) };
    const lines = { ...meta, ...key };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\n`).join('');
    const snap = `snaps:\n  -\n    id: ${ID}\n    name: pc\n`;
    return `${head}${snap}timestamp: 2026-01-01T00:00:00Z\nsign-key-sha3-384: ${KEY}\n\nAcLBUgQAAQoABgUC\n`;
  };
  const ask = async (body: string, sequence: string) => {
    const { store } = await storeWith(text(body));
    return store.assertion('validation-set', ['16', 'acme', 'base-set', sequence]);
  };

  it.each([
    ['latest', '3', undefined],
    ['3', '3', undefined],
    ['latest', '12', '4'],
    ['3', '3', '9'],
  ])('asked for as %s is the one at sequence %s, of whatever revision (%s)', async (asked, sequence, more) => {
    const found = await ask(set({ sequence, ...(more && { revision: more }) }), asked);
    const revision = Number(more ?? 0);
    expect(found).toMatchObject({ primaryKey: ['16', 'acme', 'base-set', sequence], revision });
  });

  it.each([
    ['another sequence', '3', { sequence: '4' }],
    ['a revision in place of a sequence', '4', { sequence: '3', revision: '4' }],
    ['another name', '3', { name: 'other-set' }],
    ['another name', 'latest', { name: 'other-set' }],
    ['another account', '3', { 'account-id': 'globex' }],
    ['another account', 'latest', { 'account-id': 'globex' }],
    ['another series', 'latest', { series: '18' }],
  ])('is not believed when it is %s than %s was asked for', async (_, sequence, other) => {
    await expect(ask(set(other), sequence)).rejects.toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining(`another assertion than validation-set 16/acme/base-set/${sequence}`),
    });
  });

  it('is not believed when it is of another type', async () => {
    await expect(ask(ACCOUNT, 'latest')).rejects.toMatchObject({ code: 'store-unreachable' });
  });
});

describe('a search', () => {
  const result = { name: 'pc', 'snap-id': ID, snap: { summary: 'A gadget', publisher: { id: 'c', username: 'canonical', 'display-name': 'Canonical', validation: 'verified' } }, revision: { type: 'gadget', base: 'core24', channel: 'stable' } };

  it.each([...'+=&|><!(){}[]^"~*?:\\/'])('with %s in it is refused before the store is asked', async (character) => {
    const { store, server } = await storeWith(json({ results: [] }));
    await expect(store.find({ q: `pc${character}` }, amd64)).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'q' }] });
    expect(server.seen).toHaveLength(0);
  });

  it('sends words, architecture and confinement, with the newer header names', async () => {
    const { store, server } = await storeWith(json({ results: [result] }));
    const found = await store.find({ q: ' My Gadget ' }, { architecture: 'arm64', storeId: 'brand-store' });
    expect(found).toEqual([{ name: 'pc', snapId: ID, title: 'pc', summary: 'A gadget', type: 'gadget', base: 'core24', publisher: { username: 'canonical', displayName: 'Canonical', validation: 'verified' }, channels: [] }]);
    const query = new URL(server.seen[0]?.path ?? '', server.url).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({ q: 'My Gadget', architecture: 'arm64', confinement: 'strict' });
    expect(server.seen[0]?.headers).toMatchObject({ 'snap-device-series': '16', 'snap-device-architecture': 'arm64', 'snap-device-store': 'brand-store' });
    expect(Object.keys(server.seen[0]?.headers ?? {}).some((name) => name.startsWith('x-ubuntu'))).toBe(false);
  });

  it('keeps only the type that is wanted', async () => {
    const { store } = await storeWith(json({ results: [result, { ...result, name: 'core24', revision: { type: 'base' } }] }));
    expect((await store.find({ q: 'My Gadget', type: 'base' }, amd64)).map((snap) => snap.name)).toEqual(['core24']);
  });

  it('tells revision over snap', async () => {
    const { store } = await storeWith(json({ results: [{ ...result, snap: { title: 'Old', summary: 'Old' }, revision: { title: 'New', type: 'application' } }] }));
    expect(await store.find({ q: 'My Gadget' }, amd64)).toMatchObject([{ title: 'New', summary: 'Old', type: 'app' }]);
  });

  it('for a whole name finds that snap although the search leaves it out', async () => {
    const info = { name: 'core24', 'snap-id': ID, snap: { publisher: {} }, 'channel-map': [{ channel: { architecture: 'amd64', track: 'latest', risk: 'stable' }, revision: 1, type: 'base', download: { size: 1 } }] };
    const answer: Step = (response, request) => json(request.path.includes('/info/') ? info : { results: [result] })(response, request);
    const { store } = await storeWith(answer);
    expect((await store.find({ q: 'core24' }, amd64)).map((snap) => snap.name)).toEqual(['core24', 'pc']);
  });

  it('never puts words of a request into a header line', async () => {
    const { store, server } = await storeWith(json({ results: [] }));
    await store.find({ q: '' }, { architecture: 'amd64\r\nX-Evil: 1', storeId: 'a\r\nX-Evil: 1' });
    expect(server.seen[0]?.headers).not.toHaveProperty('x-evil');
    expect(server.seen[0]?.headers).not.toHaveProperty('snap-device-store');
  });
});

describe('a snap\'s page', () => {
  const entry = (track: string, risk: string, revision: number, name?: string) => ({ channel: { architecture: 'amd64', name, track, risk, 'released-at': null }, revision, version: `v${revision}`, base: null, type: 'os', download: { size: 5, url: 'x' } });
  const info = (map: unknown[]) => ({ name: 'core', 'snap-id': ID, snap: { title: 'Core', summary: 'sum', publisher: { username: 'canonical', 'display-name': 'Canonical', validation: 'verified' } }, 'channel-map': map });

  it('lists its channels, shows what is in latest/stable, and says core for os', async () => {
    const { store, server } = await storeWith(json(info([entry('16', 'beta', 7), entry('latest', 'stable', 5, 'stable'), entry('latest', 'edge', 9, 'latest/edge/hot')])));
    const view = await store.info('core', amd64);
    expect(view).toMatchObject({ type: 'core', base: null, snapId: ID });
    expect(view?.channels.map((c) => [c.channel, c.revision, c.sizeBytes])).toEqual([['16/beta', 7, 5], ['latest/stable', 5, 5], ['latest/edge/hot', 9, 5]]);
    expect(server.seen[0]?.path).toMatch(/^\/v2\/snaps\/info\/core\?fields=[^&]+&architecture=amd64$/);
  });

  it('tells what its snap.yaml takes, offers and assumes, where that can be read', async () => {
    const yaml = (text: string) => ({ ...entry('latest', 'stable', 5), 'snap-yaml': text });
    const themes = '{interface: content, target: x, default-provider: gtk-common-themes:slot}';
    const plug = `plugs: {themes: ${themes}}\n`;
    const slot = 'slots: {own: {interface: content, content: gtk, read: [/]}}\n';
    const texts = [`name: core\n${plug}${slot}assumes: [snapd2.60]\n`, 'name: core\n', 'assumes: ['];
    const { store } = await storeWith(json(info(texts.map(yaml))));
    const nothing = { takes: [], offers: [], assumes: [] };
    expect((await store.info('core', amd64))?.channels).toMatchObject([
      { takes: [{ content: 'themes', from: 'gtk-common-themes' }], offers: ['gtk'], assumes: ['snapd2.60'] },
      nothing,
      nothing,
    ]);
  });

  it('is none when nothing is released', async () => {
    const { store } = await storeWith(json(info([])));
    expect(await store.info('core', amd64)).toBeUndefined();
  });

  it('is none when the store has no such snap', async () => {
    const { store } = await storeWith(notFound);
    expect(await store.info('core', amd64)).toBeUndefined();
  });

  it('is not asked for under a name that no snap can have', async () => {
    const { store, server } = await storeWith(json({}));
    expect(await store.info('../../v2', amd64)).toBeUndefined();
    expect(server.seen).toHaveLength(0);
  });

  it('of another snap is not believed', async () => {
    const { store } = await storeWith(json(info([entry('latest', 'stable', 1)])));
    await expect(store.info('pc', amd64)).rejects.toMatchObject({ code: 'store-unreachable' });
  });
});

describe('resolving', () => {
  const snap = { name: 'pc', 'snap-id': ID, revision: 12, version: '24-1', type: 'gadget', base: 'core24', architectures: ['amd64'], publisher: { id: 'canonical', username: 'canonical', 'display-name': 'Canonical', validation: 'verified' }, download: { 'sha3-384': DIGEST, size: 1000, url: 'https://api.example/d' }, private: false, contact: 'mailto:a@b', links: { website: ['https://x'] }, resources: [{ name: 'wifi', type: 'component/kernel-modules', revision: 3, version: null, 'created-at': '2026-01-01T00:00:00Z', download: { 'sha3-384': DIGEST, size: 10, url: 'https://api.example/c', deltas: [] } }] };
  const done = (key: string, more: Record<string, unknown> = {}) => ({ result: 'download', 'instance-key': key, name: 'pc', 'snap-id': ID, 'effective-channel': '24/stable', snap, ...more });
  const failed = (code: string, extra?: unknown) => ({ result: 'error', 'instance-key': 'download-1', name: 'pc', error: { code, message: 'No.', extra } });
  const resolveWith = async (results: unknown[], wanted: SnapWanted[] = [{ name: 'pc', channel: '24/stable' }]) => (await storeWith(json({ results }))).store.resolve(wanted, amd64);

  it('asks for all in one request: channel or revision, an epoch of null, validation ignored', async () => {
    const { store, server } = await storeWith(json({ results: [done('download-2'), done('download-1')] }));
    const resolved = await store.resolve([{ name: 'pc', channel: '24/stable' }, { name: 'pc', channel: '24/stable', revision: 12 }], { ...amd64, storeId: 'brand' });
    expect(resolved.map((r) => r.channel)).toEqual(['24/stable', '24/stable']);
    const { headers, body, path, method } = server.seen[0]!;
    expect([method, path]).toEqual(['POST', '/v2/snaps/refresh']);
    expect(headers).toMatchObject({ 'snap-device-series': '16', 'snap-device-architecture': 'amd64', 'snap-device-store': 'brand', 'content-type': 'application/json' });
    expect(JSON.parse(body)).toMatchObject({
      context: [],
      actions: [
        { action: 'download', 'instance-key': 'download-1', name: 'pc', channel: '24/stable', epoch: null, 'ignore-validation': true },
        { action: 'download', 'instance-key': 'download-2', name: 'pc', revision: 12, epoch: null, 'ignore-validation': true },
      ],
    });
    expect(JSON.parse(body).actions[1]).not.toHaveProperty('channel');
    expect(JSON.parse(body).actions[1]).not.toHaveProperty('validation-sets');
    expect(JSON.parse(body).fields).toEqual(expect.arrayContaining(['download', 'resources']));
  });

  it('tells everything that a build records', async () => {
    expect(await resolveWith([done('download-1')])).toEqual([
      {
        name: 'pc', snapId: ID, revision: 12, version: '24-1', type: 'gadget', base: 'core24', architectures: ['amd64'], confinement: 'strict',
        publisher: { id: 'canonical', username: 'canonical', displayName: 'Canonical', validation: 'verified' },
        channel: '24/stable', sha3_384: DIGEST, sizeBytes: 1000, downloadUrl: 'https://api.example/d', private: false, contact: 'mailto:a@b', website: '', links: { website: ['https://x'] }, snapYaml: '',
        resources: [{ name: 'wifi', type: 'component/kernel-modules', revision: 3, version: '', sha3_384: DIGEST, sizeBytes: 10, downloadUrl: 'https://api.example/c' }],
      },
    ]);
  });

  it.each([undefined, null, []])('takes a snap without resources: %j', async (resources) => expect((await resolveWith([done('download-1', { snap: { ...snap, resources } })]))[0]!.resources).toEqual([]));

  it.each([{ revision: 0 }, { download: { 'sha3-384': 'x', size: 1, url: 'https://a' } }, { name: 7 }])('does not believe a resource that is none: %j', async (odd) => {
    await expect(resolveWith([done('download-1', { snap: { ...snap, resources: [{ ...snap.resources[0], ...odd }] } })])).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('records the channel that the store redirects to', async () => {
    expect(await resolveWith([done('download-1', { 'redirect-channel': '24/edge' })])).toMatchObject([{ channel: '24/edge' }]);
  });

  it('asks nothing when nothing is wanted', async () => {
    const { store, server } = await storeWith(json({}));
    expect(await store.resolve([], amd64)).toEqual([]);
    expect(server.seen).toHaveLength(0);
  });

  it('names the validation sets that a snap is held to, enforced or not', async () => {
    const { store, server } = await storeWith(json({ results: [done('download-1'), done('download-2')] }));
    const sets = [['16', 'acme', 'base-set', '3']];
    const held = (isEnforced: boolean): SnapWanted => {
      const validation = { sets, isEnforced };
      return { name: 'pc', revision: 12, validation };
    };
    await store.resolve([held(true), held(false)], amd64);
    expect(JSON.parse(server.seen[0]!.body)).toMatchObject({
      actions: [
        { revision: 12, 'validation-sets': sets, 'ignore-validation': false },
        { revision: 12, 'validation-sets': sets, 'ignore-validation': true },
      ],
    });
  });

  it('says which channels there are when the one asked for is not', async () => {
    const releases = [{ architecture: 'amd64', channel: '24/edge' }, { architecture: 'arm64', channel: '24/stable' }];
    await expect(resolveWith([failed('revision-not-found', { releases })])).rejects.toMatchObject({
      code: 'channel-unknown',
      message: 'The snap pc has nothing in the channel 24/stable for amd64. It has: 24/edge.',
      details: { snap: 'pc', channel: '24/stable', releases },
    });
  });

  it('says for which architectures a snap is when not for this one', async () => {
    await expect(resolveWith([failed('revision-not-found', { releases: [{ architecture: 'arm64', channel: '24/stable' }] })])).rejects.toMatchObject({ message: expect.stringContaining('released for arm64 only') });
  });

  it.each([
    ['name-not-found', 'snap-unknown'],
    ['id-not-found', 'snap-unknown'],
    ['revision-not-found', 'channel-unknown'],
    ['user-authorization-needs-refresh', 'store-auth-expired'],
    ['device-authorization-needs-refresh', 'store-auth-expired'],
    ['validation-sets-conflict', 'store-refused'],
  ])('tells %s as %s, naming the snap', async (code, told) => {
    await expect(resolveWith([failed(code)])).rejects.toMatchObject({ code: told, message: expect.stringContaining('pc'), problems: [{ path: 'snaps[0]', code: told }] });
  });

  it('tells of every snap that cannot be had', async () => {
    const wanted = [{ name: 'pc' }, { name: 'no-such' }];
    const both = [failed('revision-not-found'), { ...failed('name-not-found'), 'instance-key': 'download-2', name: 'no-such' }];
    await expect(resolveWith(both, wanted)).rejects.toMatchObject({ code: 'channel-unknown', problems: [{ path: 'snaps[0]' }, { path: 'snaps[1]', code: 'snap-unknown' }] });
  });

  it('refuses a name that now belongs to another snap', async () => {
    await expect(resolveWith([done('download-1')], [{ name: 'pc', snapId: 'z'.repeat(32), channel: '24/stable' }])).rejects.toMatchObject({ code: 'snap-unknown', details: { snapId: ID } });
  });

  it.each([
    ['an answer about a snap that was not asked for', [done('download-1'), done('download-9')]],
    ['two answers about one snap', [done('download-1'), done('download-1')]],
    ['no answer', []],
    ['another snap', [done('download-1', { snap: { ...snap, name: 'pi' } })]],
    ['a digest in base64url', [done('download-1', { snap: { ...snap, download: { ...snap.download, 'sha3-384': KEY } } })]],
    ['a negative size', [done('download-1', { snap: { ...snap, download: { ...snap.download, size: -1 } } })]],
    ['a download from no address', [done('download-1', { snap: { ...snap, download: { ...snap.download, url: '../x' } } })]],
    ['revision 0', [done('download-1', { snap: { ...snap, revision: 0 } })]],
    ['another kind of result', [done('download-1', { result: 'install' })]],
  ])('does not believe %s', async (_, results) => {
    await expect(resolveWith(results)).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('does not believe another revision than the one that is fixed', async () => {
    await expect(resolveWith([done('download-1')], [{ name: 'pc', revision: 11 }])).rejects.toMatchObject({ code: 'store-unreachable' });
  });
});

describe('registering a key', () => {
  it('sends the request with the account\'s credentials, to the dashboard alone', async () => {
    const api = await startScripted(json({}));
    open.push(api);
    const { store, server } = await storeWith(json({}), { apiUrl: api.url });
    await store.registerKey('the request', CREDENTIALS);
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/dev/api/account/account-key', body: JSON.stringify({ account_key_request: 'the request' }) });
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Macaroon secret' });
    expect(api.seen).toHaveLength(0);
  });

  it('passes on why the store refuses', async () => {
    const { store } = await storeWith(json({ error_list: [{ code: 'key-name-taken', message: 'There is a key of that name.' }] }, 400));
    await expect(store.registerKey('the request', CREDENTIALS)).rejects.toMatchObject({ code: 'store-refused', message: expect.stringContaining('There is a key of that name.'), details: { codes: ['key-name-taken'] } });
  });

  it('is store-auth with credentials that cannot be read, and asks nothing', async () => {
    const { store, server } = await storeWith(json({}));
    await expect(store.registerKey('the request', 'nonsense')).rejects.toMatchObject({ code: 'store-auth' });
    expect(server.seen).toHaveLength(0);
  });

  it('is store-refused where no such service is', async () => {
    const { store } = await storeWith(notFound);
    await expect(store.registerKey('the request', CREDENTIALS)).rejects.toMatchObject({ code: 'store-refused' });
  });

  const request = `type: account-key-request\naccount-id: acme\nname: one\npublic-key-sha3-384: ${KEY}\nsince: 2026-01-01T00:00:00Z\nbody-length: 0\nsign-key-sha3-384: ${KEY}\n\nAcLBUgQAAQoABgUC\n`;

  const taken = json({ 'error-list': [{ code: 'taken', message: 'Taken.' }] }, 400);

  it('passes a refusal on when the store does not have the key', async () => {
    const { store, server } = await storeWith([hangUp, taken, notFound]);
    await expect(store.registerKey(request, CREDENTIALS)).rejects.toMatchObject({ code: 'store-refused' });
    expect(server.seen.map((one) => one.method)).toEqual(['POST', 'POST', 'GET']);
    expect(server.seen[2]?.path).toBe(`/v2/assertions/account-key/${KEY}?max-format=1`);
  });
});

describe('credentials for reading', () => {
  it('go to the API with everything that is read', async () => {
    const { store, server } = await storeWith(notFound, { credentials: CREDENTIALS });
    await store.assertion('account', ['acme']);
    await store.info('pc', amd64);
    expect(server.seen.map((one) => one.headers.authorization)).toEqual(['Macaroon secret', 'Macaroon secret']);
  });
});
