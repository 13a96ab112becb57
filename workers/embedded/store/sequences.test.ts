import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Headers } from '@/lib/assertion/assertion';
import { decodeAssertion } from '@/lib/assertion/decode';
import { makeDataDir, SMALL, startSmallStore } from './testing/small-store';
import { openAuthority } from './authority';
import type { StoreServer } from './server';
import { openShelf } from './shelf';
import { storeDir } from './store-dir';

let data: Awaited<ReturnType<typeof makeDataDir>>;
let server: StoreServer;
beforeAll(async () => {
  data = await makeDataDir();
  server = await startSmallStore(data.dataDir);
  const authority = await openAuthority(data.dataDir, SMALL);
  const shelf = openShelf(storeDir(data.dataDir));
  const put = async (name: string, sequence: string, more: Headers = {}) => {
    const id = 'imprint-embedded';
    const set = { type: 'validation-set', series: '16', 'account-id': id, name, sequence, ...more };
    await shelf.put(await authority.issue({ ...set, snaps: [{ name: 'pc', id: 'x'.repeat(32) }] }));
  };
  await put('base-set', '2', { revision: '7' });
  await put('base-set', '9');
  await put('base-set', '10', { revision: '1' });
  await put('other-set', '11');
});
afterAll(async () => {
  await server.close();
  await data.remove();
});

const SET = 'validation-set/16/imprint-embedded/base-set';
const get = (rest: string) => fetch(new URL(`v2/assertions/${rest}`, server.url));
const sequenceAt = async (rest: string) => {
  const answer = await get(rest);
  return decodeAssertion(new Uint8Array(await answer.arrayBuffer())).primaryKey.at(-1);
};

describe('an assertion of a sequence', () => {
  it.each([
    ['latest', '10'],
    ['10', '10'],
    ['9', '9'],
    ['2', '2'],
  ])('is found by sequence=%s', async (sequence, found) => {
    expect(await sequenceAt(`${SET}?max-format=0&sequence=${sequence}`)).toBe(found);
    expect(await sequenceAt(`${SET}?max-format=-1&sequence=${sequence}`)).toBe(found);
  });

  it.each([
    `${SET}?max-format=0`,
    `${SET}/10?max-format=0`,
    `${SET}/10?max-format=0&sequence=10`,
    `${SET}?max-format=0&sequence=3`,
    `${SET}/latest?max-format=0`,
    'validation-set/16/imprint-embedded?max-format=0&sequence=latest',
    'validation-set/16/imprint-embedded/none?max-format=0&sequence=latest',
    'validation-set/16/globex/base-set?max-format=0&sequence=latest',
  ])('is not found at %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ 'error-list': [{ code: 'not-found' }] });
  });

  it.each(['0', '-1', '+3', '03', 'newest', ''])('is not asked for by sequence=%s', async (sequence) => {
    expect((await get(`${SET}?max-format=0&sequence=${encodeURIComponent(sequence)}`)).status).toBe(400);
  });

  it('is asked for in a format that is a number', async () => {
    expect((await get(`${SET}?max-format=new&sequence=latest`)).status).toBe(400);
  });

  it.each<[what: string, item: Record<string, unknown>, found: string | undefined]>([
    ['the latest', {}, '10'],
    ['one number', { sequence: 2 }, '2'],
    ['one number, unless its revision is known', { sequence: 2, 'if-newer-than': 7 }, undefined],
    ['one number, where its revision is newer', { sequence: 2, 'if-newer-than': 6 }, '2'],
    ['what follows a number', { 'if-sequence-equal-or-newer-than': 9, 'if-newer-than': 0 }, '10'],
    [
      'what follows a number, unless nothing does',
      { 'if-sequence-equal-or-newer-than': 10, 'if-newer-than': 1 },
      undefined,
    ],
    ['what follows a number that is higher', { 'if-sequence-equal-or-newer-than': 11 }, undefined],
  ])('is fetched by a refresh: %s', async (_, item, found) => {
    const [result] = await fetchByRefresh({
      'sequence-key': ['16', 'imprint-embedded', 'base-set'],
      ...item,
    });
    expect(result['error-list']).toEqual([]);
    const urls = result['assertion-stream-urls'];
    expect(urls).toHaveLength(found === undefined ? 0 : 1);
    if (urls[0]) expect(await sequenceAt(urls[0].split('/v2/assertions/')[1]!)).toBe(found);
  });

  it.each([
    { 'primary-key': ['16', 'imprint-embedded', 'base-set', '10'] },
    { 'sequence-key': ['16', 'imprint-embedded'] },
  ])('is not fetched by %j', async (item) => {
    const [result] = await fetchByRefresh(item);
    expect(result['error-list']).toMatchObject([{ code: 'not-found', type: 'validation-set' }]);
  });
});

type Fetched = { 'assertion-stream-urls': string[]; 'error-list': unknown[] };
async function fetchByRefresh(item: Record<string, unknown>): Promise<[Fetched]> {
  const assertions = [{ type: 'validation-set', ...item }];
  const answer = await fetch(new URL('v2/snaps/refresh', server.url), {
    method: 'POST',
    headers: { 'Snap-Device-Series': '16', 'Snap-Device-Architecture': 'amd64' },
    body: JSON.stringify({ context: [], actions: [{ action: 'fetch-assertions', key: 'g', assertions }] }),
  });
  return ((await answer.json()) as { results: [Fetched] }).results;
}
