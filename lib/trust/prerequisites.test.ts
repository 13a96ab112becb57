import { describe, expect, it } from 'vitest';
import { assertionRef } from '../assertion/assertion';
import type { Assertion, Headers } from '../assertion/assertion';
import { trustAnchors } from './anchors';
import { fetchChain, prerequisitesOf, signingKeyRef } from './prerequisites';
import type { FetchAssertion } from './prerequisites';
import { readAssertions } from './testing';

const anchors = trustAnchors();
const chain = ['store-key.assert', 'valid-for-testing.account', 'test-snapd-account-key-rrP2xy.assert'].flatMap((file) => readAssertions(`production-chain/${file}`));
const [signed] = readAssertions('production-chain/test-snapd-remodel-pc-22.model') as [Assertion];

const made = (type: string, primaryKey: string[], headers: Headers = {}, signKeyId = 'k'): Assertion => ({
  type, primaryKey, headers, signKeyId, format: 0, revision: 0, authorityId: 'demo', body: new Uint8Array(0), content: new Uint8Array(0), signature: new Uint8Array(0),
});
const from = (assertions: Assertion[], asked: string[] = []): FetchAssertion => {
  const all = new Map(assertions.map((a) => [assertionRef(a), a]));
  return async (type, primaryKey) => {
    asked.push([type, ...primaryKey].join('/'));
    return all.get([type, ...primaryKey].join('/'));
  };
};
const refs = (assertions: Assertion[]): string[] => assertions.map(assertionRef);
const short = (ref: string): string => ref.slice(0, 24);

describe('prerequisites', () => {
  it.each<[string, Headers, string[]]>([
    ['account-key', { 'account-id': 'a' }, ['account/a']],
    ['account-key-request', { 'account-id': 'a' }, ['account/a']],
    ['store', { 'operator-id': 'o' }, ['account/o']],
    ['snap-declaration', { 'publisher-id': 'p' }, ['account/p']],
    ['snap-revision', { 'snap-id': 's', 'developer-id': 'd' }, ['snap-declaration/16/s', 'account/d']],
    ['snap-resource-revision', { 'snap-id': 's', 'developer-id': 'd' }, ['snap-declaration/16/s', 'account/d']],
    ['snap-resource-pair', { 'snap-id': 's', 'developer-id': 'd' }, ['snap-declaration/16/s']],
    ['validation', { series: '16', 'snap-id': 's', 'approved-snap-id': 't' }, ['snap-declaration/16/s', 'snap-declaration/16/t']],
    ['snap-developer', { 'snap-id': 's', 'publisher-id': 'p', developers: [{ 'developer-id': 'd' }, { 'developer-id': 'p' }, { 'developer-id': 'd' }] }, ['snap-declaration/16/s', 'account/p', 'account/d']],
    ['confdb-control', { 'brand-id': 'b', model: 'm', serial: 's' }, ['serial/b/m/s']],
    ['model', { 'brand-id': 'b' }, []],
    ['validation-set', { 'account-id': 'b' }, []],
    ['account', { 'account-id': 'b' }, []],
  ])('of a %s are these, in this order', (type, headers, expected) => {
    expect(prerequisitesOf(made(type, ['x'], headers)).map((ref) => [ref.type, ...ref.primaryKey].join('/'))).toEqual(expected);
  });

  it('end with the signing key, which the self-signed do not have', () => {
    expect(signingKeyRef(made('model', []))).toEqual({ type: 'account-key', primaryKey: ['k'] });
    expect(signingKeyRef(made('account-key-request', []))).toBeUndefined();
  });
});

describe('fetching a chain', () => {
  it('gives prerequisites before dependents, depth first, without anchors, the start last', async () => {
    const got = await fetchChain([signed], from(chain), { anchors });
    expect(refs(got).map(short)).toEqual(['account-key/BWDEoaqyr25n', 'account/test-snapd', 'account-key/rrP2xy5LOU-O', 'model/16/test-snapd/test-'].map(short));
    expect(got.at(-1)).toBe(signed);
  });

  it('asks for each once, though many need it', async () => {
    const asked: string[] = [];
    const [twin] = readAssertions('production-chain/pc24-with-comps-signed.model') as [Assertion];
    const got = await fetchChain([signed, twin, signed], from(chain, asked), { anchors });
    expect(new Set(asked).size).toBe(asked.length);
    expect(new Set(refs(got)).size).toBe(got.length);
    expect(got).toHaveLength(5);
  });

  it('uses a start that another start needs instead of asking for it', async () => {
    const asked: string[] = [];
    const starts = [signed, ...chain];
    await fetchChain(starts, from([], asked), { anchors });
    expect(asked).toEqual([]);
  });

  it('lists the prerequisites of a revision in order, before its key', async () => {
    const key = made('account-key', ['k'], { 'account-id': 'canonical' }, anchors.assertions[1]!.primaryKey[0]);
    const all = [key, made('snap-declaration', ['16', 's'], { 'publisher-id': 'p' }), made('account', ['p']), made('account', ['d'])];
    const revision = made('snap-revision', ['h', 'global-upload'], { 'snap-id': 's', 'developer-id': 'd' });
    expect(refs(await fetchChain([revision], from(all), { anchors }))).toEqual(['account-key/k', 'account/p', 'snap-declaration/16/s', 'account/d', 'snap-revision/h/global-upload']);
  });

  it('gives nothing for an anchor', async () => {
    expect(await fetchChain(anchors.assertions, from([]), { anchors })).toEqual([]);
  });

  it('names what the store does not have, and who needs it', async () => {
    const fetch = from(chain.filter((a) => a.primaryKey[0] !== 'test-snapd'));
    await expect(fetchChain([signed], fetch, { anchors })).rejects.toMatchObject({ code: 'assertion-missing', message: expect.stringMatching(/account test-snapd, which the account-key rrP2xy/) });
  });

  it('refuses an answer that was not asked for', async () => {
    await expect(fetchChain([signed], async () => signed, { anchors })).rejects.toMatchObject({ code: 'assertion-not-asked-for' });
  });

  it('refuses a circle', async () => {
    const circle = [made('account-key', ['k'], { 'account-id': 'a' }), made('account', ['a'])];
    await expect(fetchChain([made('model', ['16', 'a', 'm'])], from(circle), { anchors })).rejects.toMatchObject({ code: 'chain-circular' });
  });

  it('ends a chain without end', async () => {
    const endless: FetchAssertion = async (type, key) => (type === 'account' ? made('account', key, {}, `${key[0]}k`) : made('account-key', key, { 'account-id': `${key[0]}a` }, 'x'));
    await expect(fetchChain([made('model', ['16', 'a', 'm'])], endless, { anchors })).rejects.toMatchObject({ code: 'chain-too-long' });
  });

  it('stops when told to', async () => {
    await expect(fetchChain([signed], from(chain), { anchors, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
