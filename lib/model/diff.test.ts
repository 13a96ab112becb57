import { describe, expect, it } from 'vitest';
import type { HeaderMap } from '../assertion/assertion';
import { describeChanges } from './diff';
import { uc16, uc18Pi, uc24 } from './fixtures/models';

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
    expect(describeChanges(uc24(), after)).toEqual([{ path: 'snaps[1].default-channel', kind: 'changed', sentence: 'kernel pc-kernel: 24/stable → 24/candidate' }]);
  });

  it('name snaps that come and go, and what goes on devices', () => {
    const after = snaps((list) => [...list.slice(0, 4), { name: 'hello', id: 'x'.repeat(32) }]);
    expect(describeChanges(uc24(), after)).toEqual([
      { path: 'snaps[4]', kind: 'added', sentence: 'snap hello added from latest/stable' },
      { path: 'snaps[4]', kind: 'removed', sentence: 'snap kiosk removed', remodel: expect.objectContaining({ verdict: 'caution' }) },
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
    expect(sentences(uc18Pi(), { ...uc18Pi(), kernel: 'pi-kernel=18-pi4', 'required-snaps': ['a1', 'b1'] })).toEqual(['kernel: pi-kernel=18-pi3 → pi-kernel=18-pi4', 'required snaps: network-manager → a1, b1']);
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
