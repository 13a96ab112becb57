import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Assertion, Headers } from '../assertion/assertion';
import { assertionRef } from '../assertion/assertion';
import { decodeAssertion } from '../assertion/decode';
import { encodeAssertion } from '../assertion/encode';
import { utf8 } from '../bytes';
import { generateSigningKey } from '../keys/generate';
import type { SigningKey } from '../keys/signing-key';
import { account, accountKey, model, readAssertions, sign } from './testing';
import { verifyAll } from './verify-all';
import type { Outcome } from './verify-all';

const NOW = new Date('2026-07-01T00:00:00Z');
const code = (outcome: Outcome | undefined): string => (outcome?.ok ? 'ok' : (outcome?.code ?? 'none'));

let root: SigningKey, store: SigningKey, other: SigningKey, brand: SigningKey, second: SigningKey;
let trusted: Assertion[];
let storeKey: Assertion, acme: Assertion, brandKey: Assertion, box: Assertion;
let chain: Assertion[];

beforeAll(async () => {
  [root, store, other, brand, second] = (await Promise.all([1, 2, 3, 4, 5].map(() => generateSigningKey(1024)))) as [SigningKey, SigningKey, SigningKey, SigningKey, SigningKey];
  trusted = [await account(root, 'root', 'root'), await accountKey(root, 'root', 'root', root, { name: 'root' })];
  storeKey = await accountKey(root, 'root', 'root', store);
  acme = await account(store, 'root', 'acme');
  brandKey = await accountKey(store, 'root', 'acme', brand, { name: 'models' });
  box = await model(brand, 'acme');
  chain = [storeKey, acme, brandKey, box];
});

const verify = (inputs: Assertion[], now = NOW, roots = trusted): Outcome[] => verifyAll(inputs, { trusted: roots, now });
const codes = (inputs: Assertion[], now = NOW, roots = trusted): string[] => verify(inputs, now, roots).map(code);
const reason = (outcome: Outcome | undefined): string => (outcome && !outcome.ok ? outcome.reason : '');
/** Another text by the same headers, with a byte of its signed content changed. */
const forged = (assertion: Assertion, from: string, to: string): Assertion => decodeAssertion(utf8(new TextDecoder().decode(encodeAssertion(assertion)).replace(from, to)));

describe('a set of assertions', () => {
  it('holds in any order, and gives its outcomes in the order of the inputs', () => {
    expect(codes(chain)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(codes([...chain].reverse())).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(codes([box, forged(acme, 'display-name: acme', 'display-name: Acme'), storeKey])).toEqual(['key-missing', 'signature-wrong', 'ok']);
    expect(codes([])).toEqual([]);
  });

  it("holds for Canonical's production chain", () => {
    const files = ['test-snapd-remodel-pc-22.model', 'test-snapd-account-key-rrP2xy.assert', 'valid-for-testing.account', 'store-key.assert'];
    const real = files.flatMap((file) => readAssertions(`production-chain/${file}`));
    expect(new Set(codes(real, NOW, readAssertions('canonical-roots.assert')))).toEqual(new Set(['ok']));
    expect(codes(real, NOW, trusted)).not.toContain('ok');
  });

  it('breaks where a link is missing, and names that link and how to come by it, however far away', () => {
    const without = (missing: Assertion): Outcome[] => verify(chain.filter((each) => each !== missing));
    expect(without(storeKey).map(code)).toEqual(['key-missing', 'key-missing', 'key-missing']);
    expect(reason(without(storeKey)[2])).toBe(`The account-key ${store.keyId} of root, which signed the account-key ${brand.keyId}, is missing: fetch assertions/account-key/${store.keyId}.`);
    expect(without(acme).map(code)).toEqual(['ok', 'prerequisite-missing', 'prerequisite-missing']);
    expect(without(acme)[2]).toMatchObject({ link: { type: 'account', primaryKey: ['acme'] }, reason: `The account acme is missing, and the account-key ${brand.keyId} needs it as the account it speaks of: fetch assertions/account/acme.` });
    expect(reason(without(brandKey)[2])).toContain(`fetch assertions/account-key/${brand.keyId}`);
  });

  it('has one broken input hide no other', async () => {
    const stray = await model(second, 'acme', { model: 'stray' });
    const bad = forged(acme, 'display-name: acme', 'display-name: Bad');
    expect(codes([stray, bad, ...chain, forged(box, 'model: box', 'model: crate')])).toEqual(['key-missing', 'signature-wrong', 'ok', 'ok', 'ok', 'ok', 'signature-wrong']);
  });

  it('holds twice for the same text given twice', () => {
    const again = decodeAssertion(encodeAssertion(box));
    expect(codes([...chain, box, again])).toEqual(Array(6).fill('ok'));
    const broken = forged(box, 'model: box', 'model: crate');
    expect(codes([...chain, broken, forged(box, 'model: box', 'model: crate')]).slice(4)).toEqual(['signature-wrong', 'signature-wrong']);
  });

  it("says in a line what is wrong with a header that isn't one", async () => {
    const odd = await sign(second, { type: 'model', 'authority-id': 'ac\tme\nx', series: '16', 'brand-id': 'ac\tme\nx', model: 'box', timestamp: '2026-06-01T00:00:00Z', architecture: 'amd64', gadget: 'pc', kernel: 'pc-kernel' });
    const [outcome] = verify([odd]);
    expect(reason(outcome)).toMatch(/^[^\n\t]+$/);
  });
});

describe('roots', () => {
  it('hold when they are given again, and are not replaced by another text', async () => {
    expect(codes([...trusted, ...chain])).toEqual(Array(6).fill('ok'));
    const coup = await account(store, 'root', 'root', { revision: '7' });
    const later = await accountKey(store, 'root', 'root', root, { revision: '7', until: '2026-02-01T00:00:00Z' });
    expect(codes([coup, later, ...chain])).toEqual(['anchor-clash', 'anchor-clash', 'ok', 'ok', 'ok', 'ok']);
  });

  it('hold though their key is not among them, without giving their account a say', () => {
    expect(codes([trusted[0]!, ...chain], NOW, [trusted[0]!])).toEqual(['ok', 'key-missing', 'key-missing', 'key-missing', 'key-missing']);
    expect(codes(chain, NOW, [trusted[1]!])[0]).toBe('authority-not-trusted');
  });

  it('vouch for a model by a key alone, when the account is not asked for', async () => {
    expect(codes([await model(root, 'root')], NOW, [trusted[1]!])).toEqual(['ok']);
  });

  it('are accounts and account-keys', () => {
    expect(() => verify(chain, NOW, [...trusted, box])).toThrow(expect.objectContaining({ code: 'anchor-invalid' }) as Error);
  });

  it('count by their highest revision', async () => {
    const ended = await accountKey(root, 'root', 'root', root, { revision: '1', until: '2026-02-01T00:00:00Z' });
    expect(codes(chain, NOW, [...trusted, ended])[0]).toBe('key-expired');
    expect(codes(chain, NOW, [ended, ...trusted])[0]).toBe('key-expired');
  });
});

describe('revisions', () => {
  it('have the highest stand and the others superseded, whatever their order', async () => {
    const [first, third] = [await account(store, 'root', 'acme', { revision: '1' }), await account(store, 'root', 'acme', { revision: '3' })];
    for (const inputs of [[acme, first, third], [third, first, acme]]) {
      const outcomes = new Map(verify([storeKey, ...inputs]).map((outcome, i) => [[storeKey, ...inputs][i]!, outcome]));
      expect([acme, first, third].map((each) => code(outcomes.get(each)))).toEqual(['superseded', 'superseded', 'ok']);
      expect(outcomes.get(acme)).toMatchObject({ by: 3n, reason: 'Revision 3 of the account acme has taken the place of this one, which is revision 0.' });
    }
  });

  it('fall back to the highest that holds', async () => {
    const higher = forged(await account(store, 'root', 'acme', { revision: '9' }), 'display-name: acme', 'display-name: Evil');
    expect(codes([higher, ...chain])).toEqual(['signature-wrong', 'ok', 'ok', 'ok', 'ok']);
  });

  it('tell a lower one that is broken what is wrong with it', async () => {
    const higher = await account(store, 'root', 'acme', { revision: '9' });
    expect(codes([forged(acme, 'display-name: acme', 'display-name: Old'), higher, storeKey])).toEqual(['signature-wrong', 'ok', 'ok']);
  });

  it('have the first text of a revision stand, as the only thing that the order decides', async () => {
    const twin = await account(store, 'root', 'acme', { 'display-name': 'Twin' });
    expect(codes([storeKey, acme, twin])).toEqual(['ok', 'ok', 'superseded']);
    expect(codes([storeKey, twin, acme])).toEqual(['ok', 'ok', 'superseded']);
    expect(reason(verify([storeKey, acme, twin])[2])).toContain('one revision has one text');
  });

  it('tell revisions apart that no number can', async () => {
    const [a, b] = [await account(store, 'root', 'acme', { revision: '9223372036854775806' }), await account(store, 'root', 'acme', { revision: '9223372036854775807' })];
    expect(codes([storeKey, b, a])).toEqual(['ok', 'ok', 'superseded']);
  });

  it('of a key end it for all that it signed, before or after', async () => {
    const ended = await accountKey(store, 'root', 'acme', brand, { name: 'models', revision: '1', until: '2026-06-15T00:00:00Z' });
    for (const inputs of [[...chain, ended], [ended, ...chain]]) expect(code(verify(inputs)[inputs.indexOf(box)])).toBe('key-expired');
    expect(codes([...chain, ended], new Date('2026-06-14T00:00:00Z'))).toEqual(['ok', 'ok', 'superseded', 'ok', 'ok']);
  });

  it('of a key revoke it when it ends where it begins', async () => {
    const revoked = await accountKey(store, 'root', 'acme', brand, { revision: '1', until: '2026-01-01T00:00:00Z' });
    const outcomes = verify([revoked, ...chain]);
    expect(outcomes[0]).toEqual({ ok: true, revokes: expect.stringContaining(brand.keyId) as string });
    expect(code(outcomes[4])).toBe('key-revoked');
    expect(reason(outcomes[4])).toMatch(/^The account-key .* of acme was revoked/);
    // "0001-01-01T00:00:00Z" is no end at all.
    expect(codes([await accountKey(store, 'root', 'acme', brand, { revision: '1', until: '0001-01-01T00:00:00Z' }), ...chain])).toEqual(['ok', 'ok', 'ok', 'superseded', 'ok']);
  });

  it('of a key can be signed by the key itself, once an earlier one holds', async () => {
    const own = await accountKey(store, 'root', 'root', store, { revision: '1', until: '2026-02-01T00:00:00Z' });
    expect(codes([own, storeKey, acme])).toEqual(['ok', 'superseded', 'key-expired']);
    expect(codes([own])).toEqual(['chain-circular']);
  });

  it('of two keys can be signed by each other, once both hold, and fall with the key that vouched for the first', async () => {
    const vouching = await accountKey(root, 'root', 'root', second);
    const first = await accountKey(second, 'root', 'root', store);
    const next = await accountKey(store, 'root', 'root', other);
    const circle = await accountKey(other, 'root', 'root', store, { revision: '1' });
    expect(codes([circle, next, first, vouching])).toEqual(['ok', 'ok', 'superseded', 'ok']);
    const ended = await accountKey(root, 'root', 'root', second, { revision: '1', until: '2026-02-01T00:00:00Z' });
    expect(codes([circle, next, first, vouching, ended]).slice(0, 3)).not.toContain('ok');
    expect(codes([circle, next])).toEqual(['chain-circular', 'chain-circular']);
  });
});

describe('names of keys', () => {
  const named = (key: SigningKey, more: Headers = {}) => accountKey(store, 'root', 'acme', key, { name: 'models', ...more });

  it('belong to the key that begins first, whatever the order, and to the one given first when both begin together', async () => {
    const late = await named(second, { since: '2026-02-01T00:00:00Z' });
    expect(codes([...chain, late])[4]).toBe('key-name-taken');
    expect(codes([late, ...chain])).toEqual(['key-name-taken', 'ok', 'ok', 'ok', 'ok']);
    const twin = await named(second);
    expect(codes([...chain, twin])).toEqual(['ok', 'ok', 'ok', 'ok', 'key-name-taken']);
    expect(codes([twin, ...chain])).toEqual(['ok', 'ok', 'ok', 'key-name-taken', 'key-name-taken']);
  });

  it('are free again when the key that has them does not hold or has another by now', async () => {
    const late = await named(second, { since: '2026-02-01T00:00:00Z' });
    const renamed = await accountKey(store, 'root', 'acme', brand, { name: 'old-models', revision: '1' });
    expect(codes([late, renamed, ...chain])).toEqual(['ok', 'ok', 'ok', 'ok', 'superseded', 'ok']);
    expect(codes([late, storeKey, acme, forged(brandKey, 'name: models', 'name: models\nx: y')])).toEqual(['ok', 'ok', 'ok', 'signature-wrong']);
  });

  it("are each account's own, and a root's before all", async () => {
    const globex = [await account(store, 'root', 'globex'), await accountKey(store, 'root', 'globex', second, { name: 'models' })];
    expect(codes([...chain, ...globex])).toEqual(Array(6).fill('ok'));
    expect(codes([await accountKey(root, 'root', 'root', second, { name: 'root', since: '2025-01-01T00:00:00Z' })])).toEqual(['key-name-taken']);
  });

  it('are taken from no key by one that it signed', async () => {
    const [first, early] = [await accountKey(root, 'root', 'root', store, { name: 'n' }), await accountKey(store, 'root', 'root', other, { name: 'n', since: '2025-01-01T00:00:00Z' })];
    expect(codes([early, first])).toEqual(['key-name-taken', 'ok']);
  });
});

describe('a clash that comes round', () => {
  it('ends, and the same way in any order', async () => {
    // The first and third take the names that the others have; the others vouch for them.
    const keyed = (by: SigningKey, key: SigningKey, name: string, since: string): Promise<Assertion> => accountKey(by, 'root', 'root', key, { name, since });
    const a = await keyed(other, store, 'one', '2025-01-01T00:00:00Z');
    const b = await keyed(root, second, 'one', '2025-06-01T00:00:00Z');
    const c = await keyed(second, brand, 'two', '2025-01-01T00:00:00Z');
    const d = await keyed(root, other, 'two', '2025-06-01T00:00:00Z');
    const all = [a, b, c, d];
    const now = (inputs: Assertion[]) => new Map(verify(inputs).map((outcome, i) => [assertionRef(inputs[i]!), outcome]));
    expect(now([d, c, b, a])).toEqual(new Map([...now(all)].reverse()));
  });
});

describe('the order of the inputs', () => {
  it('never changes an outcome', async () => {
    const times = ['2026-01-01T00:00:00Z', '2026-06-15T00:00:00Z', '2026-06-30T00:00:00Z'];
    const snapId = 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH';
    const declaration = (more: Headers) => sign(store, { type: 'snap-declaration', 'authority-id': 'root', series: '16', 'snap-id': snapId, 'snap-name': 'pc', 'publisher-id': 'acme', timestamp: times[1]!, ...more });
    const revision = (by: SigningKey, authority: string, more: Headers) =>
      sign(by, { type: 'snap-revision', 'authority-id': authority, 'snap-sha3-384': 'a'.repeat(64), 'snap-id': snapId, 'snap-size': '1', 'snap-revision': '7', 'developer-id': 'acme', timestamp: times[1]!, ...more });
    const serial = (more: Headers) => sign(store, { type: 'serial', 'authority-id': 'root', 'brand-id': 'acme', model: 'box', serial: 's', 'device-key': other.encodedPublicKey, 'device-key-sha3-384': other.keyId, timestamp: times[1]!, ...more });
    const pool = [
      ...chain,
      forged(acme, 'display-name: acme', 'display-name: Bad'),
      forged(box, 'model: box', 'model: crate'),
      await account(store, 'root', 'acme', { revision: '1' }),
      await account(brand, 'acme', 'acme', { revision: '5' }),
      await account(other, 'root', 'globex'),
      await accountKey(root, 'root', 'root', store, { revision: '1', until: times[2]! }),
      await accountKey(store, 'root', 'root', store, { revision: '2', until: times[1]! }),
      await accountKey(other, 'root', 'root', store, { revision: '3' }),
      await accountKey(store, 'root', 'root', other),
      await accountKey(store, 'root', 'acme', brand, { revision: '1', until: times[0]! }),
      await accountKey(store, 'root', 'acme', brand, { revision: '2', format: '1', constraints: [{ headers: { type: 'model', model: 'crate' } }] }),
      await accountKey(store, 'root', 'acme', second, { name: 'models', since: times[1]! }),
      await accountKey(other, 'root', 'globex', second, { name: 'globex', revision: '1' }),
      await model(brand, 'acme', { revision: '1', 'serial-authority': ['root'] }),
      await model(brand, 'acme', { revision: '2', timestamp: '2025-06-01T00:00:00Z' }),
      await model(second, 'globex'),
      await declaration({}),
      await declaration({ revision: '1', 'revision-authority': [{ 'account-id': 'acme', provenance: ['own'] }] }),
      await revision(store, 'root', {}),
      await revision(brand, 'acme', { provenance: 'own' }),
      await serial({}),
      await serial({ revision: '1', 'authority-id': 'acme' }),
      ...trusted,
    ];
    const outcomes = (inputs: Assertion[]) => new Map(verify(inputs).map((outcome, i) => [inputs[i]!, outcome]));
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.subarray(pool), fc.infiniteStream(fc.nat()), (some, numbers) => {
        const shuffled = [...some].map((each) => [numbers.next().value as number, each] as const).sort(([a], [b]) => a - b).map(([, each]) => each);
        const [straight, mixed] = [outcomes(some), outcomes(shuffled)];
        expect(some.map((each) => mixed.get(each))).toEqual([...straight.values()]);
        for (const outcome of straight.values()) seen.add(code(outcome));
      }),
      // The same 400 each time: these reach every outcome.
      { numRuns: 400, seed: 1 },
    );
    for (const reached of ['ok', 'superseded', 'key-missing', 'key-expired', 'key-revoked', 'key-constraints', 'signature-wrong', 'prerequisite-missing']) expect([...seen]).toContain(reached);
  }, 30_000);
});
