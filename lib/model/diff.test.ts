import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderMap, HeaderValue } from '../assertion/assertion';
import { describeChanges, diffModels } from './diff';
import { hybrid, oldClassic, uc16, uc18Pi, uc24 } from './fixtures/models';

const sentences = (before: HeaderMap, after: HeaderMap) => describeChanges(before, after).map((change) => change.sentence);
const verdicts = (before: HeaderMap, after: HeaderMap) => describeChanges(before, after).map((change) => change.remodel?.verdict);
const snaps = (change: (snaps: HeaderMap[]) => HeaderMap[]) => ({ ...uc24(), snaps: change(uc24().snaps) });

describe('changes in words', () => {
  it('are none between the same, whatever is set at signing', () => {
    expect(sentences(uc24(), { ...uc24(), timestamp: '2027-01-01T00:00:00Z', revision: '7' })).toEqual([]);
    expect(sentences(uc24(), { ...uc24(), 'validation-sets': [] })).toEqual([]);
  });

  it('name the channel from and to', () => {
    const after = snaps((list) => list.map((entry) => (entry.name === 'pc-kernel' ? { ...entry, 'default-channel': '24/candidate' } : entry)));
    expect(describeChanges(uc24(), after)).toEqual([{ path: 'snaps[1].default-channel', kind: 'changed', from: '24/stable', to: '24/candidate', sentence: 'kernel pc-kernel: 24/stable → 24/candidate' }]);
  });

  it('name snaps that come and go, and what goes on devices', () => {
    const after = snaps((list) => [...list.slice(0, 4), { name: 'hello', id: 'x'.repeat(32) }]);
    expect(describeChanges(uc24(), after)).toEqual([
      { path: 'snaps[4]', kind: 'added', from: null, to: { name: 'hello', id: 'x'.repeat(32) }, sentence: 'snap hello added from latest/stable' },
      { path: 'snaps[4]', kind: 'removed', from: uc24().snaps[4], to: null, sentence: 'snap kiosk removed', remodel: expect.objectContaining({ verdict: 'caution' }) },
    ]);
  });

  it('name another order, but not the shift that a removal makes', () => {
    expect(sentences(uc24(), snaps((list) => [...list].reverse()))).toEqual(['snaps are in another order']);
    expect(sentences(uc24(), snaps((list) => list.slice(1)))).toEqual(['snap snapd removed']);
  });

  it('name presence and modes with the defaults they leave', () => {
    const after = snaps((list) => list.map((entry) => (entry.name === 'kiosk' ? { ...entry, presence: 'optional', modes: ['run', 'ephemeral'] } : entry)));
    expect(sentences(uc24(), after)).toEqual(['snap kiosk presence: required → optional', 'snap kiosk modes: run → run, ephemeral']);
  });

  it('name the old dialect, too', () => {
    expect(sentences(uc18Pi(), { ...uc18Pi(), kernel: 'pi-kernel=18-pi4', 'required-snaps': ['a1', 'b1'] })).toEqual(['kernel pi-kernel: 18-pi3 → 18-pi4', 'required snap a1 added', 'required snap b1 added', 'required snap network-manager removed']);
    expect(sentences(uc18Pi(), { ...uc18Pi(), gadget: 'acme-pi=18-pi3' })).toEqual(['gadget pi=18-pi3 → acme-pi=18-pi3']);
    expect(sentences(uc18Pi(), { ...uc18Pi(), gadget: 'pi' })).toEqual(['gadget pi: 18-pi3 → no track']);
  });

  it('name components one by one', () => {
    const withComponents = (components: HeaderMap) => snaps((list) => list.map((entry) => (entry.name === 'kiosk' ? { ...entry, components } : entry)));
    expect(describeChanges(withComponents({ wifi: 'required', bt: 'optional' }), withComponents({ wifi: 'optional', gpu: { presence: 'required', modes: ['run'] } })).map(({ path, sentence }) => `${path} ${sentence}`)).toEqual([
      'snaps[4].components.wifi snap kiosk component wifi: required → optional',
      'snaps[4].components.gpu snap kiosk component gpu: not set → presence required, modes run',
      'snaps[4].components.bt snap kiosk component bt: optional → not set',
    ]);
  });

  it('name validation sets and authorities one by one', () => {
    const before: HeaderMap = { ...uc24(), 'validation-sets': [{ name: 'base', mode: 'enforce', sequence: '3' }, { name: 'extra', mode: 'prefer-enforce' }], 'serial-authority': ['generic'] };
    const after: HeaderMap = { ...uc24(), 'validation-sets': [{ name: 'base', mode: 'enforce' }, { 'account-id': 'canonical', name: 'extra', mode: 'enforce' }], 'serial-authority': ['acme', 'generic'] };
    expect(sentences(before, after)).toEqual(['validation set base sequence: 3 → the latest', 'validation set canonical/extra added', 'validation set extra removed', 'serial authority acme added']);
  });

  it('say when a default is written out, and nothing more', () => {
    const written = snaps((list) => list.map((entry) => (entry.name === 'kiosk' ? { ...entry, presence: 'required' } : entry)));
    expect(sentences(uc24(), written)).toEqual(['snap kiosk presence: required is written out now']);
    expect(sentences(written, uc24())).toEqual(['snap kiosk presence: required is no longer written out']);
  });

  it('take a list as a whole when its members have no names', () => {
    expect(sentences(uc24(), { ...uc24(), 'serial-authority': [['a']] })).toEqual(['serial-authority'].map(() => 'serial authority: a (was not set)'));
    const twice = snaps((list) => [...list, list[4]!]);
    expect(describeChanges(uc24(), twice)).toEqual([expect.objectContaining({ path: 'snaps', kind: 'changed', from: uc24().snaps, to: twice.snaps })]);
  });

  it('put a colon before words, and none before a word', () => {
    expect(sentences(uc24(), { ...uc24(), 'display-name': 'Acme Kiosk 2' })).toEqual(['display name: Acme Kiosk → Acme Kiosk 2']);
    expect(sentences(uc24(), { ...uc24(), store: 'acme-store' })).toEqual(['store acme-store (was not set)']);
    expect(sentences({ ...uc24(), store: 'acme-store' }, uc24())).toEqual(['store no longer set (was acme-store)']);
  });
});

describe('a remodel', () => {
  it('is blocked by another grade, architecture or kind', () => {
    expect(verdicts(uc24(), { ...uc24(), grade: 'dangerous' })).toEqual(['blocked']);
    expect(verdicts(uc24(), { ...uc24(), architecture: 'arm64' })).toEqual(['blocked']);
    expect(verdicts(uc16(), { ...uc16(), base: 'core18' })).toEqual(['blocked']);
  });

  it('is not blocked by writing down the default grade', () => {
    const { grade: _, ...without } = uc24();
    expect(verdicts(without, uc24())).toEqual([undefined]);
    expect(verdicts(without, { ...uc24(), grade: 'dangerous' })).toEqual(['blocked']);
  });

  it('warns of another store, another name and another base', () => {
    expect(verdicts(uc24(), { ...uc24(), store: 'acme-store' })).toEqual(['caution']);
    expect(verdicts(uc24(), { ...uc24(), model: 'other' })).toEqual(['caution']);
    const [down] = describeChanges(uc24(), { ...uc24(), base: 'core22' });
    expect(down!.remodel!.sentence).toContain('not supported');
  });

  it('is not touched by a display name', () => {
    expect(verdicts(uc24(), { ...uc24(), 'display-name': 'New' })).toEqual([undefined]);
  });
});

describe('the difference of two models', () => {
  const said = (a: HeaderMap, b: HeaderMap) => diffModels(a, b).map(({ path, sentence }) => `${path} ${sentence}`);

  it('has JSON Pointers, the values, and what it means for devices', () => {
    expect(diffModels(uc24(), { ...uc24(), grade: 'dangerous' })).toEqual([{ path: '/grade', kind: 'changed', from: 'signed', to: 'dangerous', sentence: 'grade signed → dangerous: devices cannot remodel' }]);
    const after = snaps((list) => list.map((entry) => (entry.name === 'pc-kernel' ? { ...entry, 'default-channel': '24/candidate' } : entry)));
    expect(diffModels(uc24(), after)).toEqual([{ path: '/snaps/1/default-channel', kind: 'changed', from: '24/stable', to: '24/candidate', sentence: 'kernel pc-kernel: 24/stable → 24/candidate' }]);
    expect(diffModels(uc24(), { ...uc24(), 'a/b~c d': 'x' })).toEqual([{ path: '/a~1b~0c d', kind: 'added', from: null, to: 'x', sentence: 'a/b~c d x (was not set)' }]);
  });

  it('compares what is set at signing, too', () => {
    const signed = { ...uc24(), revision: '3', 'sign-key-sha3-384': 'a'.repeat(64) };
    const later = { ...signed, revision: '4', timestamp: '2027-01-01T00:00:00Z', 'sign-key-sha3-384': 'b'.repeat(64), 'authority-id': 'globex', 'brand-id': 'globex' };
    expect(said(signed, later)).toEqual([
      '/authority-id authority acme → globex',
      '/brand-id brand acme → globex: devices need a new serial',
      '/timestamp timestamp 2026-01-01T00:00:00Z → 2027-01-01T00:00:00Z',
      '/revision revision 3 → 4',
      `/sign-key-sha3-384 signing key ${'a'.repeat(64)} → ${'b'.repeat(64)}`,
    ]);
    expect(said({ ...signed, revision: '4' }, signed)).toEqual(['/revision revision 4 → 3: devices cannot remodel']);
  });

  it('says that nobody goes from the old dialect to the new one', () => {
    const sentence = diffModels(uc18Pi(), uc24()).find(({ path }) => path === '/snaps')!.sentence;
    expect(sentence).toBe('snaps: snapd, pc-kernel, core24, pc, kiosk (was not set): devices cannot remodel');
  });

  const value = fc.letrec<{ value: HeaderValue }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'binary' }), fc.constantFrom('pc', 'core24', 'gadget', 'a=b', '24/stable', '', '\ud800', 'a\nb'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('name', 'id', 'type', 'default-channel', '__proto__', 'constructor', 'components', 'a/b'), tie('value'), { maxKeys: 4 })),
  })).value;
  const names = fc.constantFrom(...Object.keys(uc24()), 'kernel', 'gadget', 'required-snaps', 'validation-sets', 'serial-authority', 'revision', '__proto__', 'constructor', 'to/day~', 'x');
  const heap = fc.tuple(fc.constantFrom(uc24, uc18Pi, uc16, oldClassic, hybrid, () => ({})), fc.dictionary(names, value)).map(([model, change]): HeaderMap => ({ ...model(), ...change }));

  const at = (headers: HeaderMap, pointer: string): HeaderValue | undefined =>
    pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<HeaderValue | undefined>((under, step) => (typeof under === 'object' && Object.hasOwn(under, step) ? (under as HeaderMap)[step] : undefined), headers);

  it('of any two heaps of values can be told, leads where it says, and is none between the same', () => {
    fc.assert(
      fc.property(heap, heap, (a, b) => {
        expect(diffModels(a, structuredClone(a))).toEqual([]);
        for (const { path, kind, from, to, sentence } of diffModels(a, b)) {
          expect(sentence).not.toContain('\n');
          expect(sentence.length).toBeLessThan(700);
          expect(from === null).toBe(kind === 'added');
          expect(to === null).toBe(kind === 'removed');
          if (kind === 'removed') expect(at(a, path)).toEqual(from);
          else expect(at(b, path)).toEqual(to);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is told of values that are nested as deeply as an assertion can be', () => {
    let deep: HeaderValue = 'x';
    for (let i = 0; i < 3000; i += 1) deep = [deep];
    expect(said({ ...uc24(), deep }, { ...uc24(), deep: [deep] })).toEqual(['/deep deep: … → …']);
  });
});
