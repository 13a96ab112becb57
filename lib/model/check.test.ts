import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderMap, Headers, HeaderValue } from '../assertion/assertion';
import { hasErrors, type Problem } from '../errors';
import { checkDraft, checkModel, type CheckContext, type SnapFacts } from './check';
import { headersToDraft } from './draft';
import { hybrid, oldClassic, uc16, uc18Pi, uc24 } from './fixtures/models';
import { applyFix } from './path';

const errors = (headers: Headers) => checkModel(headers).filter((p) => (p.severity ?? 'error') === 'error');
const codes = (problems: Problem[]) => problems.map((p) => `${p.path} ${p.code}`);
type Model = Headers & { snaps: HeaderMap[] };
const snap = (model: Model, name: string): HeaderMap => model.snaps.find((entry) => entry.name === name)!;
const without = (model: Model, name: string): Model => ({ ...model, snaps: model.snaps.filter((entry) => entry.name !== name) });
/** uc24 with one snap changed; keys set to undefined are taken out. */
const withSnap = (name: string, change: Record<string, HeaderValue | undefined>, model = uc24()): Model => ({
  ...model,
  snaps: model.snaps.map((entry) => (entry.name === name ? (Object.fromEntries(Object.entries({ ...entry, ...change }).filter(([, value]) => value !== undefined)) as HeaderMap) : entry)),
});
const withHeaders = (model: Headers, change: Record<string, HeaderValue | undefined>): Headers => Object.fromEntries(Object.entries({ ...model, ...change }).filter(([, value]) => value !== undefined)) as Headers;

describe('a sound model', () => {
  it.each([
    ['of UC24', uc24()],
    ['of UC18 for the Pi', uc18Pi()],
    ['of UC16', uc16()],
    ['of old classic', oldClassic()],
    ['of hybrid classic', hybrid()],
  ])('%s has no problem', (_, model) => {
    expect(errors(model)).toEqual([]);
  });

  const dangerous = withHeaders(uc24(), { grade: 'dangerous' }) as Model;
  it.each<[string, Headers]>([
    ['has no grade', withHeaders(uc24(), { grade: undefined })],
    ['is secured and says encrypted', withHeaders(uc24(), { grade: 'secured', 'storage-safety': 'encrypted' })],
    ['prefers no encryption', withHeaders(uc24(), { 'storage-safety': 'prefer-unencrypted' })],
    ['has a display name of two lines', withHeaders(uc24(), { 'display-name': 'Acme\nBox' })],
    ['leaves ids out and is dangerous', { ...dangerous, snaps: dangerous.snaps.map(({ id: _, ...rest }) => rest) }],
    ['leaves out the base that snapd knows', without(uc24(), 'core24')],
    ['leaves out snapd', without(uc24(), 'snapd')],
    ['has an unknown base and is dangerous', { ...without(dangerous, 'core24'), base: 'core26' }],
    ['lists a base that snapd does not know', withHeaders({ ...without(uc24(), 'core24'), snaps: [...without(uc24(), 'core24').snaps, { name: 'core26', type: 'base', id: 'cUqM61hRuZAJYmIS898Ux66VY61gBbZf' }] }, { base: 'core26' })],
    ['tracks a bare track', withSnap('kiosk', { 'default-channel': '24' })],
    ['tracks a branch', withSnap('kiosk', { 'default-channel': 'latest/edge/fix-1' })],
    ['has an optional snap in other modes', withSnap('kiosk', { presence: 'optional', modes: ['run', 'ephemeral', 'factory-reset'] })],
    ['has components in both spellings', withSnap('kiosk', { components: { wifi: 'optional', nvidia: { presence: 'required', modes: ['run'] } } })],
    ['has components of an essential snap in ephemeral mode', withSnap('pc-kernel', { components: { fw: { presence: 'optional', modes: ['ephemeral'] } } })],
    ['says classic false', withHeaders(uc24(), { classic: 'false' })],
    ['has a classic snap in a classic model', withSnap('kiosk', { classic: 'true' }, hybrid())],
    ['is classic and has a gadget but no kernel', without(hybrid(), 'pc-kernel')],
    ['is classic and has neither gadget nor kernel', without(without(hybrid(), 'pc-kernel'), 'pc')],
    ['names authorities', withHeaders(uc24(), { 'serial-authority': ['generic', 'AbCdEfGhIjKlMnOpQrStUvWxYz012345'], 'system-user-authority': ['partner'], 'preseed-authority': ['acme'] })],
    ['lets anybody make users', withHeaders(uc24(), { 'system-user-authority': '*' })],
    ['names validation sets', withHeaders(uc24(), { 'validation-sets': [{ name: 'base-set', mode: 'enforce' }, { name: 'base-set', 'account-id': 'other', sequence: '3', mode: 'prefer-enforce' }] })],
    ['has a header that snapd does not know', withHeaders(uc24(), { 'x-acme-batch': ['a', 'b'] })],
    ['has a reserved header, which only stops the image', withHeaders(uc24(), { 'allowed-modes': ['run'] })],
    ['is of another series, which only stops the image', withHeaders(uc24(), { series: '18' })],
    ['pins no track', withHeaders(uc18Pi(), { kernel: 'pi-kernel=' })],
    ['requires a snap twice', withHeaders(uc18Pi(), { 'required-snaps': ['hello', 'hello'] })],
    ['has an old classic gadget', withHeaders(oldClassic(), { gadget: 'pc=18', architecture: 'amd64', 'required-snaps': ['hello'] })],
    ['has empty lists, which are not written', withHeaders(uc24(), { 'validation-sets': [], 'serial-authority': [] })],
    ['has a time with a fraction and an offset', withHeaders(uc24(), { timestamp: '2016-08-31T00:00:00.0+02:00' })],
    ['has a revision', withHeaders(uc24(), { revision: '12' })],
  ])('%s', (_, model) => {
    expect(errors(model)).toEqual([]);
  });
});

describe('the timestamp and the dates of keys', () => {
  const key = { keyId: 'A'.repeat(64), name: 'spring', since: '2026-03-01T00:00:00Z', until: '2026-06-01T00:00:00Z' };
  const next = { keyId: 'B'.repeat(64), name: 'summer', since: '2026-06-01T00:00:00Z', until: null };
  const said = (headers: Record<string, string | undefined>, context: CheckContext) => checkModel(withHeaders(uc24(), headers), context).filter(({ code }) => code === 'timestamp-outside-key');

  it.each<[string, string, string | undefined]>([
    ['at its first moment', '2026-03-01T00:00:00Z', undefined],
    ['just before', '2026-02-28T23:59:59.9Z', 'is valid only from 2026-03-01T00:00:00Z'],
    ['at its last moment, by another clock', '2026-06-01T01:59:59+02:00', undefined],
    ['at its end', '2026-06-01T00:00:00Z', 'was valid until 2026-06-01T00:00:00Z'],
  ])('%s', (_, timestamp, words) => {
    const problems = said({ timestamp }, { keys: [key] });
    expect(problems.map(({ path, severity }) => `${path} ${severity}`)).toEqual(words === undefined ? [] : ['timestamp warning']);
    if (words !== undefined) expect(problems[0]!.message).toContain(words);
  });

  it('counts the key that is named, or any that fits', () => {
    expect(said({ timestamp: '2026-07-01T00:00:00Z' }, { keys: [key, next] })).toEqual([]);
    expect(said({ timestamp: '2026-07-01T00:00:00Z', 'sign-key-sha3-384': key.keyId }, { keys: [key, next] })).toHaveLength(1);
    expect(said({ timestamp: '2026-01-01T00:00:00Z' }, { keys: [key, next] })[0]?.message).toContain('none of the keys is valid then');
    expect(said({ timestamp: '2026-07-01T00:00:00Z', 'sign-key-sha3-384': 'C'.repeat(64) }, { keys: [key] })).toEqual([]);
    expect(said({ timestamp: '2020-07-01T00:00:00Z' }, { keys: [{ ...next, since: '2019-01-01T00:00:00Z', until: '0001-01-01T00:00:00Z' }] })).toEqual([]);
  });

  it('judges a draft as if it were signed now', () => {
    const draft = headersToDraft(uc24());
    const at = (time: string) => checkDraft(draft, { brandId: 'acme', keys: [key], time }).filter(({ code }) => code === 'timestamp-outside-key');
    expect(at('2026-05-01T00:00:00Z')).toEqual([]);
    expect(at('2026-06-02T00:00:00Z')[0]?.message).toMatch(/^It cannot be signed now: “spring” was valid until/);
  });
});

describe('a model is refused when', () => {
  const extraSnap = (entry: HeaderValue): Headers => ({ ...uc24(), snaps: [...uc24().snaps, entry] });
  it.each<[string, Headers, string]>([
    ['0: it is another assertion', withHeaders(uc24(), { type: 'serial' }), 'type type-not-model'],
    ['0: it has no brand', withHeaders(uc24(), { 'brand-id': undefined, 'authority-id': undefined }), 'brand-id missing'],
    ['0: its brand has a slash', withHeaders(uc24(), { 'brand-id': 'a/b', 'authority-id': 'a/b' }), 'brand-id slash'],
    ['0: it has no series', withHeaders(uc24(), { series: undefined }), 'series missing'],
    ['0: its revision is negative', withHeaders(uc24(), { revision: '-1' }), 'revision revision'],
    ['0: its revision has a leading zero', withHeaders(uc24(), { revision: '01' }), 'revision revision'],
    ['1: another account signs than the brand', withHeaders(uc24(), { 'authority-id': 'globex' }), 'authority-id authority-not-brand'],
    ['1: it has no authority', withHeaders(uc24(), { 'authority-id': undefined }), 'authority-id authority-not-brand'],
    ['2: it has no name', withHeaders(uc24(), { model: undefined }), 'model missing'],
    ['2: its name is empty', withHeaders(uc24(), { model: '' }), 'model missing'],
    ['2: its name has upper case', withHeaders(uc24(), { model: 'Kiosk' }), 'model model-name-case'],
    ['2: its name has two hyphens', withHeaders(uc24(), { model: 'acme--kiosk' }), 'model model-name'],
    ['2: its name ends in a line feed', withHeaders(uc24(), { model: 'kiosk\n' }), 'model model-name'],
    ['3: classic is neither true nor false', withHeaders(uc24(), { classic: 'yes' }), 'classic not-boolean'],
    ['3: classic is empty', withHeaders(uc24(), { classic: '' }), 'classic not-boolean'],
    ['4: a gadget stands beside snaps', withHeaders(uc24(), { gadget: 'pc' }), 'gadget header-beside-snaps'],
    ['4: a kernel stands beside snaps', withHeaders(uc24(), { kernel: 'pc-kernel' }), 'kernel header-beside-snaps'],
    ['4: required-snaps stands beside snaps', withHeaders(uc24(), { 'required-snaps': ['a1'] }), 'required-snaps header-beside-snaps'],
    ['5: a grade stands without snaps', withHeaders(uc18Pi(), { grade: 'signed' }), 'grade header-without-snaps'],
    ['6: storage-safety stands without snaps', withHeaders(uc18Pi(), { 'storage-safety': 'encrypted' }), 'storage-safety header-without-snaps'],
    ['7: an old classic has a kernel', withHeaders(oldClassic(), { kernel: 'pc-kernel' }), 'kernel header-in-classic'],
    ['8: an old classic has a base', withHeaders(oldClassic(), { base: 'core18' }), 'base header-in-classic'],
    ['9: a classic with snaps has no distribution', withHeaders(hybrid(), { distribution: undefined }), 'distribution missing'],
    ['9: a classic with snaps has a distribution with a space', withHeaders(hybrid(), { distribution: 'My OS' }), 'distribution distribution'],
    ['10: a core model has a distribution', withHeaders(uc24(), { distribution: 'ubuntu' }), 'distribution distribution-not-classic'],
    ['10: an old classic has a distribution', withHeaders(oldClassic(), { distribution: 'ubuntu' }), 'distribution distribution-not-classic'],
    ['11: it has no architecture', withHeaders(uc24(), { architecture: undefined }), 'architecture missing'],
    ['11: its architecture is a list', withHeaders(uc24(), { architecture: ['amd64'] }), 'architecture not-text'],
    ['11: it has no base', withHeaders(uc24(), { base: '' }), 'base missing'],
    ['11: an old core model has no architecture', withHeaders(uc16(), { architecture: undefined }), 'architecture missing'],
    ['11: an old core model has no gadget', withHeaders(uc16(), { gadget: undefined }), 'gadget missing'],
    ['11: an old core model has no kernel', withHeaders(uc16(), { kernel: '' }), 'kernel missing'],
    ['11: an old classic has a list for its architecture', withHeaders(oldClassic(), { architecture: ['amd64'] }), 'architecture not-text'],
    ['12: its base is no snap name', withHeaders(uc18Pi(), { base: 'Core18' }), 'base snap-name'],
    ['13: its store is a list', withHeaders(uc24(), { store: ['a'] }), 'store not-text'],
    ['14: its display name is a map', withHeaders(uc24(), { 'display-name': { en: 'x' } }), 'display-name not-text'],
    ['15: its grade is unknown', withHeaders(uc24(), { grade: 'safe' }), 'grade grade'],
    ['16: its storage-safety is unknown', withHeaders(uc24(), { 'storage-safety': 'never' }), 'storage-safety storage-safety'],
    ['17: it is secured and prefers encryption', withHeaders(uc24(), { grade: 'secured', 'storage-safety': 'prefer-encrypted' }), 'storage-safety secured-unencrypted'],
    ['18: snaps is a text', withHeaders(uc24(), { snaps: 'pc' }), 'snaps snaps'],
    ['18: snaps is a map', withHeaders(uc24(), { snaps: { name: 'pc' } }), 'snaps snaps'],
    ['18: an entry of snaps is a text', extraSnap('hello'), 'snaps[5] snaps-entry'],
    ['18: an entry of snaps is a list', extraSnap(['hello']), 'snaps[5] snaps-entry'],
    ['18: an entry of snaps is empty', extraSnap({}), 'snaps[5] empty-member'],
    ['19: a snap has no name', withSnap('kiosk', { name: undefined }), 'snaps[4].name missing'],
    ['19: a snap has a bad name', withSnap('kiosk', { name: 'Kiosk' }), 'snaps[4].name snap-name'],
    ['19: a snap is an instance', withSnap('kiosk', { name: 'kiosk_two' }), 'snaps[4].name snap-name'],
    ['20: an id is too short', withSnap('kiosk', { id: 'abc' }), 'snaps[4].id snap-id'],
    ['20: an id is empty, even when dangerous', withHeaders(withSnap('kiosk', { id: '' }), { grade: 'dangerous' }), 'snaps[4].id snap-id'],
    ['20: an id is missing and the grade is signed', withSnap('kiosk', { id: undefined }), 'snaps[4].id snap-id-missing'],
    ['20: an id is missing and no grade is given', withHeaders(withSnap('kiosk', { id: undefined }), { grade: undefined }), 'snaps[4].id snap-id-missing'],
    ['21: a type is unknown', withSnap('kiosk', { type: 'os' }), 'snaps[4].type snap-type'],
    ['22: a presence is unknown', withSnap('kiosk', { presence: 'maybe' }), 'snaps[4].presence snap-presence'],
    ['23: the kernel says that it is required', withSnap('pc-kernel', { presence: 'required' }), 'snaps[1].presence essential-presence'],
    ['23: the base says that it is optional', withSnap('core24', { presence: 'optional' }), 'snaps[2].presence essential-presence'],
    ['24: modes is a text', withSnap('kiosk', { modes: 'run' }), 'snaps[4].modes snap-modes'],
    ['24: a mode has a digit', withSnap('kiosk', { modes: ['run2'] }), 'snaps[4].modes snap-modes'],
    ['24: a mode is a single letter', withSnap('kiosk', { modes: ['r'] }), 'snaps[4].modes snap-modes'],
    ['24: the gadget names modes', withSnap('pc', { modes: ['run'] }), 'snaps[3].modes essential-modes'],
    ['25: a channel is none', withSnap('kiosk', { 'default-channel': 'a/b' }), 'snaps[4].default-channel channel'],
    ['25: a channel has an empty part', withSnap('kiosk', { 'default-channel': '24/' }), 'snaps[4].default-channel channel'],
    ['26: a channel names no track', withSnap('kiosk', { 'default-channel': 'edge' }), 'snaps[4].default-channel channel-track'],
    ['26: a channel is a branch without a track', withSnap('kiosk', { 'default-channel': 'edge/fix' }), 'snaps[4].default-channel channel-track'],
    ['27: a classic snap is in a core model', withSnap('kiosk', { classic: 'true' }), 'snaps[4].classic classic-in-core'],
    ['27: classic of a snap is no boolean', withSnap('kiosk', { classic: '1' }), 'snaps[4].classic not-boolean'],
    ['28: a gadget is classic', withSnap('pc', { classic: 'true' }, hybrid()), 'snaps[3].classic classic-not-app'],
    ['29: a classic snap is in another mode', withSnap('kiosk', { classic: 'true', modes: ['run', 'ephemeral'] }, hybrid()), 'snaps[4].classic classic-modes'],
    ['30: components is a list', withSnap('kiosk', { components: ['wifi'] }), 'snaps[4].components components'],
    ['30: a component has a bad name', withSnap('kiosk', { components: { w: 'required' } }), 'snaps[4].components.w component-name'],
    ['30: a component is neither required nor optional', withSnap('kiosk', { components: { wifi: 'yes' } }), 'snaps[4].components.wifi component-presence'],
    ['30: a component has no presence', withSnap('kiosk', { components: { wifi: { modes: ['run'] } } }), 'snaps[4].components.wifi component-presence'],
    ['30: a component has a bad presence', withSnap('kiosk', { components: { wifi: { presence: 'yes' } } }), 'snaps[4].components.wifi.presence component-presence'],
    ['30: a component has an unknown key', withSnap('kiosk', { components: { wifi: { presence: 'required', channel: 'x' } } }), 'snaps[4].components.wifi.channel component-key'],
    ['30: a component is in a mode that its snap is not', withSnap('kiosk', { components: { wifi: { presence: 'required', modes: ['ephemeral'] } } }), 'snaps[4].components.wifi.modes component-modes'],
    ['31: a snap is there twice', extraSnap({ ...snap(uc24(), 'kiosk') }), 'snaps[5].name snap-repeated'],
    ['31: two snaps have one id', extraSnap({ name: 'other', id: 'kioskkioskkioskkioskkioskkioskki' }), 'snaps[5].id snap-id-repeated'],
    ['32: there are two kernels', extraSnap({ name: 'other', id: 'x'.repeat(32), type: 'kernel' }), 'snaps[5].type essential-repeated'],
    ['32: there are two gadgets', extraSnap({ name: 'other', id: 'x'.repeat(32), type: 'gadget' }), 'snaps[5].type essential-repeated'],
    ['32: there are two of type snapd', extraSnap({ name: 'other', id: 'x'.repeat(32), type: 'snapd' }), 'snaps[5].type essential-repeated'],
    ['33: the boot base is called an app', withSnap('core24', { type: undefined }), 'snaps[2].type base-type'],
    ['34: there is no gadget', without(uc24(), 'pc'), 'snaps gadget-missing'],
    ['35: there is no kernel', without(uc24(), 'pc-kernel'), 'snaps kernel-missing'],
    ['36: a classic model has a kernel and no gadget', without(hybrid(), 'pc'), 'snaps gadget-missing'],
    ['37: its base is neither listed nor known', { ...without(uc24(), 'core24'), base: 'core26' }, 'base base-unlisted'],
    ['37: the snap named as the base is a kernel, and the base is not known', { ...withSnap('core24', { name: 'core26', type: 'app' }), base: 'core27' }, 'base base-unlisted'],
    ['38: the kernel is a list', withHeaders(uc18Pi(), { kernel: ['pi-kernel'] }), 'kernel not-text'],
    ['38: the gadget is no snap name', withHeaders(uc18Pi(), { gadget: 'Pi=18' }), 'gadget snap-name'],
    ['38: the gadget names a channel', withHeaders(uc18Pi(), { gadget: 'pi=18-pi3/edge' }), 'gadget pinned-channel'],
    ['38: the kernel names a risk', withHeaders(uc18Pi(), { kernel: 'pi-kernel=edge' }), 'kernel pinned-risk'],
    ['38: an old classic gadget is no snap name', withHeaders(oldClassic(), { gadget: '' }), 'gadget snap-name'],
    ['39: required-snaps is a text', withHeaders(uc18Pi(), { 'required-snaps': 'network-manager' }), 'required-snaps required-snaps'],
    ['39: a required snap is a map', withHeaders(uc18Pi(), { 'required-snaps': [{ name: 'x' }] }), 'required-snaps[0] required-snaps'],
    ['39: a required snap has a channel', withHeaders(uc18Pi(), { 'required-snaps': ['network-manager=1.2'] }), 'required-snaps[0] snap-name'],
    ['40: serial-authority is a star', withHeaders(uc24(), { 'serial-authority': '*' }), 'serial-authority authority-list'],
    ['40: serial-authority has no account id in it', withHeaders(uc24(), { 'serial-authority': ['ok', 'Not Ok'] }), 'serial-authority[1] account-id'],
    ['41: system-user-authority is one account', withHeaders(uc24(), { 'system-user-authority': 'acme' }), 'system-user-authority authority-list'],
    ['41: system-user-authority has a star in its list', withHeaders(uc24(), { 'system-user-authority': ['*'] }), 'system-user-authority[0] account-id'],
    ['42: preseed-authority is a map', withHeaders(uc24(), { 'preseed-authority': { a: 'b' } }), 'preseed-authority authority-list'],
    ['43: it has no timestamp', withHeaders(uc24(), { timestamp: undefined }), 'timestamp missing'],
    ['43: its timestamp is a date', withHeaders(uc24(), { timestamp: '2026-01-01' }), 'timestamp timestamp'],
    ['44: validation-sets is a map', withHeaders(uc24(), { 'validation-sets': { name: 'a' } }), 'validation-sets validation-sets'],
    ['44: a validation set is a text', withHeaders(uc24(), { 'validation-sets': ['a'] }), 'validation-sets[0] validation-sets'],
    ['44: a validation set has no name', withHeaders(uc24(), { 'validation-sets': [{ mode: 'enforce' }] }), 'validation-sets[0].name missing'],
    ['44: a validation set has a bad name', withHeaders(uc24(), { 'validation-sets': [{ name: 'A', mode: 'enforce' }] }), 'validation-sets[0].name validation-set-name'],
    ['44: a validation set has no mode', withHeaders(uc24(), { 'validation-sets': [{ name: 'a' }] }), 'validation-sets[0].mode missing'],
    ['44: a validation set has a bad mode', withHeaders(uc24(), { 'validation-sets': [{ name: 'a', mode: 'monitor' }] }), 'validation-sets[0].mode validation-set-mode'],
    ['44: a validation set is pinned to 0', withHeaders(uc24(), { 'validation-sets': [{ name: 'a', mode: 'enforce', sequence: '0' }] }), 'validation-sets[0].sequence validation-set-sequence'],
    ['44: a validation set is there twice, once by default', withHeaders(uc24(), { 'validation-sets': [{ name: 'a', mode: 'enforce' }, { name: 'a', mode: 'enforce', 'account-id': 'acme' }] }), 'validation-sets[1] validation-set-repeated'],
    ['45: the name of a header cannot be written', withHeaders(uc24(), { 'Foo Bar': 'x' }), '["Foo Bar"] header-name'],
    ['45: a header holds a list of nothing', withHeaders(uc24(), { extra: [[]] }), 'extra[0] empty-member'],
    ['45: a header holds a map of nothing', withHeaders(uc24(), { extra: { a: {} } }), 'extra empty-member'],
    ['45: a header holds half a character', withHeaders(uc24(), { extra: '\ud800' }), 'extra not-unicode'],
    ['45: it is larger than devices read', withHeaders(uc24(), { extra: 'é'.repeat(70_000) }), ' too-large'],
    ['45: it is nested without end', withHeaders(uc24(), { extra: Array.from({ length: 30 }).reduce<HeaderValue>((inner) => [inner], 'x') }), `extra${'[0]'.repeat(16)} too-deep`],
    ['4: snaps is empty and a grade tells what was meant', withHeaders(uc24(), { snaps: [] }), 'snaps gadget-missing'],
  ])('rule %s', (_, model, expected) => {
    expect(codes(errors(model))).toContain(expected);
  });

  it('several things are wrong at once: all are told', () => {
    const model = withHeaders(withSnap('kiosk', { id: undefined, 'default-channel': 'edge' }), { model: 'Kiosk', grade: 'safe', base: 'core24' });
    expect(codes(errors(model))).toEqual(['model model-name-case', 'grade grade', 'snaps[4].id snap-id-missing', 'snaps[4].default-channel channel-track']);
  });

  it('it is any heap of values: problems are told and nothing is thrown', () => {
    const value = fc.letrec<{ value: HeaderValue }>((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.constantFrom('pc', 'core24', 'gadget', 'true', 'signed', '24/stable', ''), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('name', 'id', 'type', 'modes', 'presence', 'components', '__proto__', 'mode', 'classic', 'default-channel'), tie('value'), { maxKeys: 4 })),
    })).value;
    const header = fc.constantFrom(...Object.keys(uc24()), 'classic', 'kernel', 'gadget', 'required-snaps', 'validation-sets', 'serial-authority', 'system-user-authority', 'storage-safety', 'distribution');
    fc.assert(fc.property(fc.dictionary(header, value), (change) => Array.isArray(checkModel({ ...uc24(), ...change })) && Array.isArray(checkModel(change))), { numRuns: 500 });
  });
});

describe('a fix', () => {
  const repaired = (headers: Headers, code: string): Problem[] => {
    const problem = checkModel(headers).find((p) => p.code === code);
    return checkModel(applyFix(headers, problem!.fix!));
  };

  it.each<[string, Headers]>([
    ['model-name-case', withHeaders(uc24(), { model: 'Kiosk' })],
    ['header-beside-snaps', withHeaders(uc24(), { gadget: 'pc' })],
    ['header-without-snaps', withHeaders(uc18Pi(), { grade: 'signed' })],
    ['secured-unencrypted', withHeaders(uc24(), { grade: 'secured', 'storage-safety': 'prefer-encrypted' })],
    ['snap-id-missing', withSnap('pc', { id: undefined })],
    ['channel-track', withSnap('pc', { 'default-channel': 'edge' })],
    ['essential-presence', withSnap('pc', { presence: 'required' })],
    ['essential-modes', withSnap('pc', { modes: ['run'] })],
    ['snap-repeated', { ...uc24(), snaps: [...uc24().snaps, snap(uc24(), 'kiosk')] }],
    ['gadget-missing', without(uc24(), 'pc')],
    ['kernel-missing', without(uc24(), 'pc-kernel')],
    ['base-implied', without(uc24(), 'core24')],
    ['snapd-implied', without(uc24(), 'snapd')],
    ['base-unlisted', withHeaders(without(uc24(), 'core24'), { base: 'core26' })],
    ['pinned-risk', withHeaders(uc18Pi(), { kernel: 'pi-kernel=edge' })],
    ['pinned-channel', withHeaders(uc18Pi(), { kernel: 'pi-kernel=18-pi3/edge' })],
    ['entry-key-unknown', withSnap('kiosk', { 'default-channel': undefined, default_channel: '24/edge' })],
    ['track-differs', withSnap('pc', { 'default-channel': '22/beta' })],
    ['empty-member', { ...uc24(), snaps: [{}, ...uc24().snaps] }],
    ['component-presence', withSnap('kiosk', { components: { wifi: 'yes' } })],
    ['account-id', withHeaders(uc24(), { 'serial-authority': ['ok', 'Not Ok'] })],
    ['authority-list', withHeaders(uc24(), { 'serial-authority': 'generic' })],
    ['id-of-another', withSnap('pc', { id: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza' })],
    ['series-not-16', withHeaders(uc24(), { series: '18' })],
  ])('of %s puts it right', (code, model) => {
    const left = repaired(model, code);
    expect(codes(left.filter((p) => p.code === code))).toEqual([]);
    if (code !== 'base-unlisted') expect(hasErrors(left)).toBe(false);
  });

  it('renames a key without losing its value', () => {
    const model = withSnap('kiosk', { 'default-channel': undefined, default_channel: '24/edge' });
    const problem = checkModel(model).find((p) => p.code === 'header-name' || p.code === 'entry-key-unknown');
    expect(problem).toBeDefined();
    const fix = checkModel(model).find((p) => p.code === 'entry-key-unknown')!.fix!;
    expect((applyFix(model, fix) as Model).snaps[4]).toEqual({ ...snap(uc24(), 'kiosk'), 'default-channel': '24/edge' });
  });

  it('uses the track of the base for gadget and kernel, and latest for others', () => {
    const fixOf = (name: string) => checkModel(withSnap(name, { 'default-channel': 'edge' })).find((p) => p.code === 'channel-track')!.fix!.value;
    expect([fixOf('pc'), fixOf('pc-kernel'), fixOf('kiosk')]).toEqual(['24/edge', '24/edge', 'latest/edge']);
  });
});

describe('advice', () => {
  const advice = (headers: Headers) => codes(checkModel(headers).filter((p) => p.severity === 'warning' || p.severity === 'info'));

  it('is not given on a model that leaves nothing open', () => {
    const model = uc24();
    expect(advice({ ...model, snaps: [...model.snaps, { name: 'console-conf', id: 'ASctKBEHzVt3f1pbZLoekCvcigRjtuqw', 'default-channel': '24/stable' }] })).toEqual([]);
  });

  it('says that nobody can log in, but not where the base itself asks', () => {
    expect(advice(uc24())).toEqual(['snaps nobody-logs-in']);
    const core22 = withSnap('core24', { name: 'core22', id: 'amcUKQILKXHHTlmSa7NMdnXSx02dNeeT' });
    expect(advice({ ...core22, base: 'core22' })).not.toContain('snaps nobody-logs-in');
  });

  it('says that a grade is for life', () => {
    expect(advice(withHeaders(uc24(), { grade: 'dangerous' }))).toContain('grade grade-dangerous');
    expect(advice(withHeaders(uc24(), { grade: 'secured' }))).toContain('grade grade-secured');
    expect(advice(withHeaders(uc24(), { grade: undefined }))).toContain('grade grade-default');
  });

  it('finds what snapd ignores in silence', () => {
    expect(advice(withSnap('kiosk', { channel: 'edge' }))).toContain('snaps[4] entry-key-unknown');
    expect(advice(withHeaders(uc24(), { 'all-snaps': 'true' }))).toContain('all-snaps header-unknown');
    expect(advice(withHeaders(uc24(), { class: 'general' }))).toContain('class header-reserved');
  });

  it('finds an architecture that no snap has, and knows what was meant', () => {
    const problem = checkModel(withHeaders(uc24(), { architecture: 'x86_64' })).find((p) => p.code === 'architecture-unknown');
    expect(problem).toMatchObject({ severity: 'warning', fix: { value: 'amd64' } });
  });

  it('is not given about what is set at signing, in a draft', () => {
    expect(checkDraft(headersToDraft(uc24()), { brandId: 'acme' }).filter((p) => p.severity !== 'info')).toEqual([]);
    expect(checkDraft(headersToDraft(uc18Pi()), { brandId: 'acme' })).toEqual([]);
  });
});

describe('a timestamp ahead of the clock', () => {
  const told = (timestamp: string, time?: string) =>
    codes(checkModel(withHeaders(uc24(), { timestamp }), { ...(time && { time }) })).filter((p) => !p.startsWith('snaps'));
  it('is a warning, with some room for clocks that differ', () => {
    expect(told('2031-01-01T00:00:00Z', '2026-06-01T00:00:00Z')).toEqual(['timestamp timestamp-ahead']);
    expect(told('2026-06-01T00:11:00Z', '2026-06-01T00:00:00Z')).toEqual(['timestamp timestamp-ahead']);
    expect(told('2026-06-01T00:09:00Z', '2026-06-01T00:00:00Z')).toEqual([]);
    expect(told('2024-06-01T00:00:00Z', '2026-06-01T00:00:00Z')).toEqual([]);
  });
  it('is not looked for where nobody tells the time', () => expect(told('2031-01-01T00:00:00Z')).toEqual([]));
});

describe('against the store', () => {
  const facts = (more: Partial<SnapFacts> = {}): SnapFacts => ({ snapId: 'kioskkioskkioskkioskkioskkioskki', type: 'app', base: 'core24', channels: [{ channel: 'latest/stable', architecture: 'amd64', base: 'core24' }, { channel: 'latest/candidate', architecture: 'amd64', base: 'core24' }, { channel: '2/edge', architecture: 'arm64', base: 'core24' }], ...more });
  const check = (model: Headers, snaps: Record<string, SnapFacts | null>) => checkModel(model, { snaps: new Map(Object.entries(snaps)) }).filter((p) => p.severity === 'warning');

  it('a snap that fits is no problem, nor one that nobody asked about', () => {
    expect(check(uc24(), { kiosk: facts() })).toEqual([]);
    expect(check(uc24(), {})).toEqual([]);
  });

  it.each<[string, Headers, SnapFacts | null, string]>([
    ['is not there', uc24(), null, 'snaps[4].name snap-unknown'],
    ['has another id', uc24(), facts({ snapId: 'y'.repeat(32) }), 'snaps[4].id id-not-the-stores'],
    ['has another type', uc24(), facts({ type: 'base' }), 'snaps[4].type type-not-the-stores'],
    ['has nothing in the channel', withSnap('kiosk', { 'default-channel': 'latest/edge' }), facts(), 'snaps[4].default-channel channel-closed'],
    ['has the channel for another architecture only', withSnap('kiosk', { 'default-channel': '2/edge' }), facts(), 'snaps[4].default-channel channel-closed'],
    ['is not made for the architecture', withHeaders(uc24(), { architecture: 'riscv64' }), facts(), 'snaps[4] snap-architecture'],
    ['needs a base that is not listed', uc24(), facts({ channels: [{ channel: 'latest/candidate', architecture: 'amd64', base: 'core22' }] }), 'snaps[4] base-missing'],
    ['takes content from a snap that is not listed', uc24(), facts({ channels: [{ channel: 'latest/candidate', architecture: 'amd64', base: 'core24', takes: [{ content: 'gtk-3', from: 'gtk-common-themes' }] }] }), 'snaps[4] provider-missing'],
    ['needs core, having no base', uc24(), facts({ channels: [{ channel: 'latest/candidate', architecture: 'amd64', base: null }] }), 'snaps[4] base-missing'],
  ])('a snap that %s is a warning', (_, model, fact, expected) => {
    expect(codes(check(model, { kiosk: fact }))).toContain(expected);
  });

  it('a missing base is added with its id', () => {
    const [problem] = check(uc24(), { kiosk: facts({ channels: [{ channel: 'latest/candidate', architecture: 'amd64', base: 'core22' }] }) });
    expect(problem!.fix).toMatchObject({ op: 'append', path: 'snaps', value: { name: 'core22', type: 'base', id: 'amcUKQILKXHHTlmSa7NMdnXSx02dNeeT' } });
    expect(check(applyFix(uc24(), problem!.fix!), { kiosk: facts({ channels: [{ channel: 'latest/candidate', architecture: 'amd64', base: 'core22' }] }) })).toEqual([]);
  });

  const inChannel = (channel: string, more: object, ofSnap: Partial<SnapFacts> = {}) =>
    facts({ channels: [{ channel, architecture: 'amd64', base: 'core24', ...more }], ...ofSnap });
  const taking = inChannel('latest/candidate', { takes: [{ content: 'gtk-3', from: 'themes' }] });
  const withThemes = { ...uc24(), snaps: [...uc24().snaps, { name: 'themes', id: 't'.repeat(32) }] };

  it('content that its provider does not offer is told as that, and not when another snap has it', () => {
    const themes = (offer: string) => inChannel('latest/stable', { offers: [offer] }, { snapId: 't'.repeat(32) });
    const told = ['snaps[4] provider-without-slot'];
    expect(codes(check(withThemes, { kiosk: taking, themes: themes('gtk-4') }))).toEqual(told);
    expect(check(withThemes, { kiosk: taking, themes: themes('gtk-3') })).toEqual([]);
    // Nobody has asked the store about it yet.
    expect(check(withThemes, { kiosk: taking })).toEqual([]);
    const ofPc = { snapId: snap(uc24(), 'pc').id as string, type: 'gadget' };
    const pc = inChannel('24/stable', { offers: ['gtk-3'] }, ofPc);
    expect(check(uc24(), { kiosk: taking, pc })).toEqual([]);
  });

  it('what a snap assumes is held to the snapd of the model', () => {
    const assuming = inChannel('latest/candidate', { assumes: ['snapd2.68', 'snap-env'] });
    const ofSnapd = { snapId: snap(uc24(), 'snapd').id as string, type: 'snapd' };
    const snapd = (version: string) => inChannel('latest/stable', { version, base: null }, ofSnapd);
    const told = ['snaps[4] assumes-unmet'];
    expect(codes(check(uc24(), { kiosk: assuming, snapd: snapd('2.67.1') }))).toEqual(told);
    expect(check(uc24(), { kiosk: assuming, snapd: snapd('2.68') })).toEqual([]);
    expect(check(uc24(), { kiosk: assuming })).toEqual([]);
    const odd = inChannel('latest/candidate', { assumes: ['no-such-feature'] });
    expect(codes(check(uc24(), { kiosk: odd }))).toEqual(['snaps[4] assumes-unmet']);
  });

  it('a gadget made for another base is a warning', () => {
    const pc = facts({ snapId: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH', type: 'gadget', channels: [{ channel: '24/stable', architecture: 'amd64', base: 'core22' }] });
    expect(codes(check(uc24(), { pc }))).toEqual(['snaps[3] gadget-base']);
  });
});
