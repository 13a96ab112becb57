import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderMap, Headers, HeaderValue } from '../assertion/assertion';
import { hybrid, oldClassic, uc16, uc18Pi, uc24 } from './fixtures/models';
import { remodelVerdict, type RemodelFacts, type Verdict } from './remodel';

const signed = (change: Headers = {}): Headers => ({ ...uc24(), revision: '3', 'sign-key-sha3-384': 'k'.repeat(64), ...change });
const withSnaps = (change: (snaps: HeaderMap[]) => HeaderMap[], more: Headers = {}): Headers => signed({ snaps: change(uc24().snaps), ...more });
const entry = (name: string, change: HeaderMap) => (snaps: HeaderMap[]) => snaps.map((snap) => (snap.name === name ? { ...snap, ...change } : snap));
const gadgetAt = (channel: string) => entry('pc', { 'default-channel': channel });

/** Those that are not simply allowed. */
const speaking = (from: Headers, to: Headers, facts?: RemodelFacts): string[] => remodelVerdict(from, to, facts).rules.filter(({ verdict }) => verdict !== 'allowed').map(({ id, verdict }) => `${id} ${verdict}`);
const message = (id: string, from: Headers, to: Headers): string => remodelVerdict(from, to).rules.find((rule) => rule.id === id)!.message;

describe('a remodel', () => {
  it('lists every rule, whatever its verdict, in the order of a device', () => {
    const { verdict, rules } = remodelVerdict(signed(), signed());
    expect(verdict).toBe('allowed');
    expect(rules.every((rule) => rule.verdict === 'allowed' && rule.message.length > 10)).toBe(true);
    const ids = ['revision', 'serial', 'series', 'classic-system', 'classic', 'grade', 'base', 'architecture', 'registration', 'store', 'validation-sets', 'gadget-base', 'self-contained', 'gadget-layout', 'storage-safety', 'removed-snaps', 'signing-key'];
    expect(rules.map(({ id }) => id)).toEqual(ids);
    expect(remodelVerdict(uc16(), hybrid()).rules.map(({ id }) => id)).toEqual(ids);
  });

  const alone: [name: string, from: Headers, to: Headers, verdict: Verdict, rules: string[]][] = [
    ['a lower revision', signed(), signed({ revision: '2' }), 'blocked', ['revision blocked']],
    ['no revision after one', signed(), uc24(), 'blocked', ['revision blocked']],
    ['a higher revision', signed(), signed({ revision: '10' }), 'allowed', []],
    ['the same revision', signed(), signed({ 'display-name': 'Other' }), 'allowed', []],
    ['another series', signed(), signed({ series: '18' }), 'blocked', ['series blocked']],
    ['another architecture', signed(), signed({ architecture: 'arm64' }), 'blocked', ['architecture blocked']],
    ['core to hybrid', signed(), signed({ classic: 'true', distribution: 'ubuntu' }), 'blocked', ['classic blocked']],
    ['hybrid to core', { ...hybrid() }, uc24(), 'blocked', ['classic blocked', 'registration warned', 'serial warned']],
    ['hybrid to hybrid', hybrid(), { ...hybrid(), revision: '1' }, 'allowed', []],
    ['classic without a kernel', oldClassic(), { ...oldClassic(), revision: '1' }, 'blocked', ['classic-system blocked']],
    ['grade signed to dangerous', signed(), signed({ grade: 'dangerous' }), 'blocked', ['grade blocked']],
    ['grade dangerous to signed', signed({ grade: 'dangerous' }), signed(), 'blocked', ['grade blocked']],
    ['grade signed to secured', signed(), signed({ grade: 'secured' }), 'blocked', ['grade blocked']],
    ['Ubuntu Core 18 to the dialect of 20', { ...uc18Pi(), model: 'acme-kiosk', architecture: 'amd64', gadget: 'pc', base: 'core24' }, uc24(), 'blocked', ['grade blocked']],
    ['Ubuntu Core 16 to 18', uc16(), { ...uc16(), base: 'core18' }, 'blocked', ['base blocked', 'gadget-base warned']],
    ['Ubuntu Core 18 to 16', { ...uc16(), base: 'core18' }, uc16(), 'blocked', ['base blocked', 'gadget-base warned']],
    ['a base upgrade with its gadget', withSnaps(entry('pc', { 'default-channel': '22/stable' }), { base: 'core22' }), signed(), 'allowed', []],
    ['a base upgrade without its gadget', withSnaps(gadgetAt('22/stable'), { base: 'core22' }), withSnaps(gadgetAt('22/stable')), 'blocked', ['gadget-base blocked']],
    ['a base upgrade whose own gadget stays behind', withSnaps(entry('pc', { name: 'acme', 'default-channel': '22-acme/stable' }), { base: 'core22' }), withSnaps(entry('pc', { name: 'acme', 'default-channel': '22-acme/edge' })), 'blocked', ['gadget-base blocked']],
    ['a base upgrade whose gadget does not tell', withSnaps(entry('pc', { name: 'acme', 'default-channel': 'latest/stable' }), { base: 'core22' }), withSnaps(entry('pc', { name: 'acme', 'default-channel': 'latest/stable' })), 'warned', ['gadget-base warned']],
    ['a gadget of another generation', signed(), withSnaps(gadgetAt('22/stable')), 'blocked', ['gadget-base blocked']],
    ['a base downgrade', signed(), withSnaps(gadgetAt('22/stable'), { base: 'core22' }), 'warned', ['base warned']],
    ['another model name', signed(), signed({ model: 'acme-kiosk-2' }), 'warned', ['serial warned', 'registration warned']],
    ['another model name with a lower revision', signed(), signed({ model: 'acme-kiosk-2', revision: '1' }), 'warned', ['serial warned', 'registration warned']],
    ['another brand', signed(), signed({ 'brand-id': 'globex', 'authority-id': 'globex' }), 'warned', ['serial warned', 'registration warned']],
    ['another store', signed(), signed({ store: 'acme-store' }), 'warned', ['serial warned', 'store warned']],
    ['another gadget', signed(), withSnaps(entry('pc', { name: 'acme-pc' })), 'warned', ['gadget-layout warned']],
    ['a base snap that goes', withSnaps((snaps) => [...snaps, { name: 'core22', type: 'base' }]), signed(), 'warned', ['self-contained warned']],
    ['a snap that goes', signed(), withSnaps((snaps) => snaps.slice(0, 4)), 'allowed', []],
    ['a required snap that goes', uc18Pi(), { ...uc18Pi(), 'required-snaps': [] }, 'allowed', []],
    ['another kernel', signed(), withSnaps(entry('pc-kernel', { name: 'acme-kernel' })), 'allowed', []],
    ['other channels', signed(), withSnaps((snaps) => entry('kiosk', { 'default-channel': '2/edge' })(gadgetAt('24/candidate')(snaps))), 'allowed', []],
    ['validation sets', signed(), signed({ 'validation-sets': [{ name: 'a', mode: 'enforce' }] }), 'allowed', []],
    ['another storage safety', signed(), signed({ 'storage-safety': 'encrypted' }), 'allowed', []],
    ['another key of the brand', signed(), signed({ 'sign-key-sha3-384': 'l'.repeat(64) }), 'allowed', []],
  ];

  it.each(alone)('is judged for %s', (_, from, to, verdict, rules) => {
    expect(speaking(from, to).sort()).toEqual([...rules].sort());
    expect(remodelVerdict(from, to).verdict).toBe(verdict);
  });

  it('says what a device makes of it', () => {
    expect(message('grade', signed(), signed({ grade: 'dangerous' }))).toContain('grade signed → dangerous');
    expect(message('removed-snaps', signed(), withSnaps((snaps) => snaps.slice(0, 4)))).toBe('kiosk stays installed on devices until somebody removes it.');
    expect(message('removed-snaps', uc18Pi(), { ...uc18Pi(), 'required-snaps': [] })).toContain('network-manager stays installed');
    expect(message('signing-key', signed(), signed({ 'sign-key-sha3-384': 'l'.repeat(64) }))).toContain('account-key');
    expect(message('revision', signed(), signed({ revision: '2' }))).toContain('Revision 2 is older than revision 3');
    expect(message('gadget-base', withSnaps(gadgetAt('22/stable'), { base: 'core22' }), withSnaps(gadgetAt('22/stable')))).toContain('made for core22, the model for core24');
    expect(message('serial', signed(), signed())).toContain('offline');
    expect(message('storage-safety', signed(), signed({ 'storage-safety': 'prefer-encrypted' }))).toBe('The storage safety stays.');
    expect(message('storage-safety', signed(), signed({ 'storage-safety': 'encrypted' }))).toContain('flashed again');
  });

  it('is not touched by writing down the default grade', () => {
    const { grade: _, ...without } = signed();
    expect(remodelVerdict(without, signed()).verdict).toBe('allowed');
    expect(speaking(without, signed({ grade: 'dangerous' }))).toEqual(['grade blocked']);
  });
});

describe('a remodel with what the store says', () => {
  const released = (base: string | null, channel: string) => ({ channels: [{ channel, architecture: 'amd64', base }] });

  it('is blocked by a snap whose base is missing, and not by one that brings none', () => {
    const needs = (base: string | null): RemodelFacts => ({ snaps: new Map([['kiosk', released(base, 'latest/candidate')]]) });
    expect(speaking(signed(), signed(), needs('core22'))).toEqual(['self-contained blocked']);
    expect(remodelVerdict(signed(), signed(), needs('core22')).rules.find(({ id }) => id === 'self-contained')!.message).toContain('kiosk needs core22');
    expect(speaking(signed(), signed(), needs(null))).toEqual(['self-contained blocked']);
    expect(speaking(signed(), signed(), needs('core24'))).toEqual([]);
    expect(speaking(signed(), signed(), needs('none'))).toEqual([]);
    expect(speaking(signed(), signed(), { snaps: new Map([['kiosk', null]]) })).toEqual([]);
  });

  it('knows the base of a gadget whose channel does not tell', () => {
    const from = withSnaps(entry('pc', { name: 'acme', 'default-channel': 'latest/stable' }), { base: 'core22' });
    const to = withSnaps(entry('pc', { name: 'acme', 'default-channel': 'latest/stable' }));
    expect(speaking(from, to, { snaps: new Map([['acme', released('core24', 'latest/stable')]]) })).toEqual([]);
    expect(speaking(from, to, { snaps: new Map([['acme', released('core22', 'latest/stable')]]) })).toEqual(['gadget-base blocked']);
  });
});

it('judges any heap of values', () => {
  const value = fc.letrec<{ value: HeaderValue }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.constantFrom('pc', 'core24', 'gadget', 'kernel', 'true', '24/stable', '-1', '', '='), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('name', 'type', 'default-channel', '__proto__', 'constructor'), tie('value'), { maxKeys: 4 })),
  })).value;
  const heap = fc.dictionary(fc.constantFrom(...Object.keys(signed()), 'kernel', 'gadget', 'required-snaps', 'validation-sets', 'store', 'classic', '__proto__'), value);
  fc.assert(
    fc.property(heap, heap, (a, b) => {
      const { verdict, rules } = remodelVerdict(a, b);
      const worst = rules.some((rule) => rule.verdict === 'blocked') ? 'blocked' : rules.some((rule) => rule.verdict === 'warned') ? 'warned' : 'allowed';
      expect(verdict).toBe(worst);
      expect(rules).toHaveLength(17);
    }),
    { numRuns: 500 },
  );
});
