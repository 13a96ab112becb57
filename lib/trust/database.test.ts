import { beforeAll, describe, expect, it } from 'vitest';
import type { Assertion, Headers } from '../assertion/assertion';
import { decodeAssertion } from '../assertion/decode';
import { encodeAssertion } from '../assertion/encode';
import { utf8 } from '../bytes';
import { generateSigningKey } from '../keys/generate';
import type { SigningKey } from '../keys/signing-key';
import { trustAnchors } from './anchors';
import { AssertionDatabase } from './database';
import { account, accountKey, model, readAssertions, sign } from './testing';
import type { TrustAnchors, Verdict } from './types';

const NOW = new Date('2026-07-01T00:00:00Z');
const code = (verdict: Verdict): string => (verdict.ok ? 'ok' : verdict.broken.code);

describe("Canonical's production chain", () => {
  const files = ['store-key.assert', 'valid-for-testing.account', 'valid-for-testing.account-key', 'test-snapd-account-key-rrP2xy.assert'];
  const chain = files.flatMap((file) => readAssertions(`production-chain/${file}`));
  const database = (assertions = chain) => new AssertionDatabase({ anchors: trustAnchors(), now: NOW }).add(assertions);

  it.each(['pc24-with-comps-signed.model', 'test-snapd-remodel-pc-22.model'])('holds for the model %s, up to the root', (file) => {
    const [signed] = readAssertions(`production-chain/${file}`);
    expect(database().check(signed!)).toEqual({ ok: true });
    expect(database().isProduction(signed!)).toBe(true);
  });

  it('holds for every account and key of the chain, in whatever order they came', () => {
    for (const assertion of chain) expect(database([...chain].reverse()).check(assertion)).toEqual({ ok: true });
  });

  it('holds for the built-in assertions themselves and for the generic brand, read anew', () => {
    for (const assertion of [...readAssertions('canonical-roots.assert'), ...readAssertions('generic.assert')]) {
      expect(database([]).check(assertion)).toEqual({ ok: true });
      expect(database([]).isProduction(assertion)).toBe(true);
    }
  });

  it('names the account-key that is missing', () => {
    const [signed] = readAssertions('production-chain/valid-for-testing-pc-24.model');
    const verdict = database().check(signed!);
    expect(verdict).toMatchObject({ ok: false, broken: { code: 'key-missing', type: 'account-key', primaryKey: ['z5UoZNBNRc6KXRIg96L6tZ723_CDbUu45bRC-wcINgigB2S9GGGe6DWJqlzI6p0S'] } });
    expect(database().isProduction(signed!)).toBe(false);
  });

  it("names the store's key when that is the one that is missing, and the account when it is", () => {
    const [signed] = readAssertions('production-chain/test-snapd-remodel-pc-22.model');
    expect(database(chain.filter((a) => a.headers['name'] !== 'store')).check(signed!)).toMatchObject({ broken: { code: 'key-missing', primaryKey: [expect.stringMatching(/^BWDEoaqyr25/)] } });
    expect(database(chain.filter((a) => a.type !== 'account' || a.primaryKey[0] !== 'test-snapd')).check(signed!)).toMatchObject({
      broken: { code: 'prerequisite-missing', type: 'account', primaryKey: ['test-snapd'] },
    });
  });

  it('breaks where any byte of a link was changed', () => {
    const [signed] = readAssertions('production-chain/test-snapd-remodel-pc-22.model');
    const forged = (original: Assertion, from: string, to: string): Assertion => decodeAssertion(utf8(new TextDecoder().decode(encodeAssertion(original)).replace(from, to)));
    expect(code(database().check(forged(signed!, 'grade: dangerous', 'grade: signed')))).toBe('signature-wrong');
    const renamed = chain.map((a) => (a.primaryKey[0] === 'test-snapd' ? forged(a, 'display-name: ', 'display-name: Not ') : a));
    expect(database(renamed).check(signed!)).toMatchObject({ broken: { code: 'signature-wrong', type: 'account', primaryKey: ['test-snapd'] } });
  });
});

describe('a chain of an embedded store', () => {
  let root: SigningKey, store: SigningKey, brand: SigningKey, other: SigningKey;
  let rootAccount: Assertion, rootKey: Assertion, brandAccount: Assertion, storeKey: Assertion;
  let anchors: TrustAnchors;

  beforeAll(async () => {
    [root, store, brand, other] = (await Promise.all([1, 2, 3, 4].map(() => generateSigningKey(1024)))) as [SigningKey, SigningKey, SigningKey, SigningKey];
    rootAccount = await account(root, 'demo-root', 'demo-root');
    rootKey = await accountKey(root, 'demo-root', 'demo-root', root, { name: 'root' });
    storeKey = await accountKey(root, 'demo-root', 'demo-root', store, { name: 'store' });
    brandAccount = await account(store, 'demo-root', 'acme');
    anchors = trustAnchors([rootAccount, rootKey]);
  });

  const brandKey = (more: Headers = {}, key = brand) => accountKey(store, 'demo-root', 'acme', key, more);
  const database = (...assertions: Assertion[]) => new AssertionDatabase({ anchors, now: NOW }).add([storeKey, brandAccount, ...assertions]);

  it('holds up to its root, and is not for production', async () => {
    const signed = await model(brand, 'acme');
    const all = database(await brandKey());
    expect(all.check(signed)).toEqual({ ok: true });
    expect(all.isProduction(signed)).toBe(false);
    expect(all.isProduction(rootAccount)).toBe(false);
  });

  it('holds for nobody who does not have its root among the anchors', async () => {
    const signed = await model(brand, 'acme');
    const strangers = new AssertionDatabase({ anchors: trustAnchors(), now: NOW }).add([rootAccount, rootKey, storeKey, brandAccount, await brandKey()]);
    expect(code(strangers.check(signed))).toBe('chain-circular');
  });

  it('refuses a model signed by a key of another account', async () => {
    const signed = await model(brand, 'globex');
    expect(database(await brandKey()).check(signed)).toMatchObject({ broken: { code: 'key-other-account', type: 'model' } });
  });

  it('refuses what an expired key signed, however long ago, and what is signed before the key begins', async () => {
    const signed = await model(brand, 'acme');
    expect(database(await brandKey({ until: '2026-06-30T00:00:00Z' })).check(signed)).toMatchObject({ broken: { code: 'key-expired', type: 'account-key', primaryKey: [brand.keyId] } });
    expect(code(database(await brandKey({ until: '2026-07-01T00:00:00Z' })).check(signed))).toBe('key-expired');
    expect(code(database(await brandKey({ until: '2026-07-01T00:00:01Z' })).check(signed))).toBe('ok');
    expect(code(database(await brandKey({ since: '2026-07-01T00:00:01Z' })).check(signed))).toBe('key-not-yet-valid');
    expect(code(database(await brandKey({ since: '2026-07-01T00:00:00Z' })).check(signed))).toBe('timestamp-outside-key');
  });

  it("takes a timestamp at the key's beginning and not at its end", async () => {
    const keyed = database(await brandKey({ since: '2026-06-01T00:00:00Z', until: '2027-01-01T00:00:00Z' }));
    expect(code(keyed.check(await model(brand, 'acme', { timestamp: '2026-06-01T00:00:00Z' })))).toBe('ok');
    expect(code(keyed.check(await model(brand, 'acme', { timestamp: '2026-05-31T23:59:59.999999999Z' })))).toBe('timestamp-outside-key');
    expect(code(keyed.check(await model(brand, 'acme', { timestamp: '2027-01-01T00:00:00Z' })))).toBe('timestamp-outside-key');
  });

  it('ends a key by a later revision, and ignores an earlier one', async () => {
    const signed = await model(brand, 'acme');
    const [first, ended] = [await brandKey(), await brandKey({ revision: '1', until: '2026-02-01T00:00:00Z' })];
    expect(code(database(first, ended).check(signed))).toBe('key-expired');
    expect(code(database(ended, first).check(signed))).toBe('key-expired');
  });

  it('refuses a key that its brand signed itself, or that only its owner vouches for', async () => {
    const signed = await model(other, 'acme');
    const delegated = await accountKey(brand, 'acme', 'acme', other);
    expect(database(await brandKey(), delegated).check(signed)).toMatchObject({ broken: { code: 'authority-not-trusted', type: 'account-key', primaryKey: [other.keyId] } });
    const selfSigned = await accountKey(other, 'acme', 'acme', other);
    expect(code(database(selfSigned).check(signed))).toBe('chain-circular');
    const forged = await accountKey(other, 'demo-root', 'acme', other);
    expect(code(database(forged).check(signed))).toBe('chain-circular');
  });

  it('refuses a key that does not have the id it says', async () => {
    const lying = await sign(store, { type: 'account-key', 'authority-id': 'demo-root', 'account-id': 'acme', 'public-key-sha3-384': brand.keyId, since: '2026-01-01T00:00:00Z' }, utf8(other.encodedPublicKey));
    expect(database(lying).check(await model(other, 'acme'))).toMatchObject({ broken: { code: 'key-missing' } });
    expect(database(lying).check(await model(brand, 'acme'))).toMatchObject({ broken: { code: 'key-unreadable', primaryKey: [brand.keyId] } });
  });

  it('refuses the second key of one account under one name', async () => {
    const [first, second] = [await brandKey({ name: 'models' }), await brandKey({ name: 'models' }, other)];
    expect(code(database(first, second).check(await model(brand, 'acme')))).toBe('ok');
    expect(code(database(first, second).check(await model(other, 'acme')))).toBe('key-name-taken');
    const unvouched = await accountKey(other, 'acme', 'acme', other, { name: 'models' });
    expect(code(database(unvouched, first).check(await model(brand, 'acme')))).toBe('ok');
  });

  it('keeps a key within its constraints', async () => {
    const constraints: Headers[] = [{ headers: { type: 'model', model: 'box|crate' } }, { headers: { type: 'model', model: 'old-.*', store: '$MISSING' } }];
    const keyed = database(await brandKey({ format: '1', constraints }));
    expect(code(keyed.check(await model(brand, 'acme')))).toBe('ok');
    expect(code(keyed.check(await model(brand, 'acme', { model: 'boxes' })))).toBe('key-constraints');
    expect(code(keyed.check(await model(brand, 'acme', { model: 'old-1' })))).toBe('ok');
    expect(code(keyed.check(await model(brand, 'acme', { model: 'old-1', store: 'mine' })))).toBe('key-constraints');
    const validationSet = await sign(brand, { type: 'validation-set', 'authority-id': 'acme', series: '16', 'account-id': 'acme', name: 'box', sequence: '1', snaps: [{ name: 'pc', id: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH' }], timestamp: '2026-06-01T00:00:00Z' });
    expect(code(keyed.check(validationSet))).toBe('key-constraints');
  });

  it("never passes for production by borrowing Canonical's name", async () => {
    const borrowed = await accountKey(store, 'demo-root', 'canonical', other);
    const shop = await account(other, 'canonical', 'shop', { timestamp: '2026-06-01T00:00:00Z' });
    const all = database(borrowed);
    expect(all.check(shop)).toEqual({ ok: true });
    expect(all.isProduction(shop)).toBe(false);
    expect(all.isProduction(borrowed)).toBe(false);
    expect(code(new AssertionDatabase({ anchors: trustAnchors(), now: NOW }).add([rootAccount, rootKey, storeKey, borrowed]).check(shop))).toBe('chain-circular');
  });

  it('follows a long chain of keys to its end', async () => {
    const many: Assertion[] = [];
    for (let i = 0; i < 100; i += 1) many.push({ ...(await cachedKey()), primaryKey: [`k${i}`], signKeyId: `k${i + 1}` });
    const verdict = database(...many).check({ ...(await model(brand, 'demo-root')), signKeyId: 'k0' });
    expect(verdict).toMatchObject({ broken: { code: 'key-missing', primaryKey: ['k100'] } });
  });

  const cachedKey = () => accountKey(root, 'demo-root', 'demo-root', other);

  it('never lets an anchor be replaced', async () => {
    const coup = await account(other, 'demo-root', 'demo-root', { revision: '9', 'display-name': 'Other' });
    expect(database(coup).find('account', ['demo-root'])).toBe(rootAccount);
    const canonical = await account(other, 'canonical', 'canonical', { revision: '9' });
    expect(database(canonical).find('account', ['canonical'])?.headers['display-name']).toBe('Canonical');
    expect(() => trustAnchors([canonical])).toThrow(/built-in/);
  });

  it('takes only accounts and their keys as anchors', async () => {
    const [orphan, box] = [await brandKey(), await model(brand, 'acme')];
    expect(() => trustAnchors([orphan])).toThrow(/its account is not among the anchors/);
    expect(() => trustAnchors([box])).toThrow(/only accounts/);
  });

  describe('for snaps', () => {
    const SNAP_ID = 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH';
    const DIGEST = 'a'.repeat(64);
    const declaration = (more: Headers = {}, by = store, authority = 'demo-root') =>
      sign(by, { type: 'snap-declaration', 'authority-id': authority, series: '16', 'snap-id': SNAP_ID, 'snap-name': 'pc', 'publisher-id': 'acme', timestamp: '2026-06-01T00:00:00Z', ...more });
    const revision = (more: Headers = {}, by = store, authority = 'demo-root') =>
      sign(by, { type: 'snap-revision', 'authority-id': authority, 'snap-sha3-384': DIGEST, 'snap-id': SNAP_ID, 'snap-size': '1', 'snap-revision': '7', 'developer-id': 'acme', timestamp: '2026-06-01T00:00:00Z', ...more });

    it('holds with declaration and accounts, and names the one that is missing', async () => {
      const [declared, revised] = [await declaration(), await revision()];
      expect(code(database(declared).check(revised))).toBe('ok');
      expect(database().check(revised)).toMatchObject({ broken: { code: 'prerequisite-missing', type: 'snap-declaration' } });
      const stray = await revision({ 'developer-id': 'nobody' });
      expect(database(declared).check(stray)).toMatchObject({ broken: { code: 'prerequisite-missing', type: 'account', primaryKey: ['nobody'] } });
      expect(database(await declaration({ 'publisher-id': 'nobody' })).check(revised)).toMatchObject({ broken: { type: 'account', primaryKey: ['nobody'] } });
    });

    it("refuses a declaration or revision that the brand's own key signed", async () => {
      const key = await brandKey();
      expect(code(database(key).check(await declaration({}, brand, 'acme')))).toBe('authority-not-trusted');
      expect(code(database(key, await declaration()).check(await revision({}, brand, 'acme')))).toBe('authority-not-trusted');
    });

    it('lets whom the declaration names sign revisions of another provenance, within its limits', async () => {
      const key = await brandKey();
      const authority = [{ 'account-id': 'acme', provenance: ['own'], 'min-revision': '5', 'max-revision': '8' }];
      const all = database(key, await declaration({ 'revision-authority': authority }));
      expect(code(all.check(await revision({ provenance: 'own' }, brand, 'acme')))).toBe('ok');
      expect(code(all.check(await revision({ provenance: 'own', 'snap-revision': '9' }, brand, 'acme')))).toBe('authority-not-allowed');
      expect(code(all.check(await revision({ provenance: 'own', 'snap-revision': '4' }, brand, 'acme')))).toBe('authority-not-allowed');
      expect(code(all.check(await revision({ provenance: 'else' }, brand, 'acme')))).toBe('authority-not-allowed');
      expect(code(all.check(await revision({ provenance: 'own' })))).toBe('authority-not-allowed');
    });

    it('finds a revision with and without its default provenance', async () => {
      const revised = await revision();
      expect(database(revised).find('snap-revision', [DIGEST])).toBe(revised);
      expect(database(revised).find('snap-revision', [DIGEST, 'global-upload'])).toBe(revised);
      expect(database(revised).find('snap-revision', [DIGEST, 'own'])).toBeUndefined();
      expect(database(revised).find('snap-revision', [])).toBeUndefined();
    });
  });

  it('takes serials of another authority only when a model that holds allows it', async () => {
    const device = other;
    const serial = await sign(store, {
      type: 'serial', 'authority-id': 'demo-root', 'brand-id': 'acme', model: 'box', serial: 's1', 'device-key': device.encodedPublicKey, 'device-key-sha3-384': device.keyId, timestamp: '2026-06-01T00:00:00Z',
    });
    const key = await brandKey();
    expect(code(database(key).check(serial))).toBe('prerequisite-missing');
    expect(code(database(key, await model(brand, 'acme')).check(serial))).toBe('authority-not-allowed');
    expect(code(database(key, await model(brand, 'acme', { 'serial-authority': ['demo-root'] })).check(serial))).toBe('ok');
    expect(code(database(await model(brand, 'acme', { 'serial-authority': ['demo-root'] })).check(serial))).toBe('key-missing');
  });

  it('says so when a format is newer than it knows', async () => {
    const newer = { ...(await model(brand, 'acme')), format: 1 };
    expect(code(database(await brandKey()).check(newer))).toBe('format-unsupported');
    expect(database(newer).find('model', newer.primaryKey)).toBeUndefined();
  });

  it('takes an account-key-request by the key within it', async () => {
    const headers = { type: 'account-key-request', 'account-id': 'acme', name: 'models', 'public-key-sha3-384': brand.keyId, since: '2026-01-01T00:00:00Z' };
    expect(code(database().check(await sign(brand, headers, utf8(brand.encodedPublicKey))))).toBe('ok');
    expect(code(database().check(await sign(other, headers, utf8(brand.encodedPublicKey))))).toBe('signature-wrong');
    expect(code(database().check(await sign(brand, { ...headers, 'account-id': 'nobody' }, utf8(brand.encodedPublicKey))))).toBe('prerequisite-missing');
  });
});
