import { describe, expect, it } from 'vitest';
import type { HeaderMap } from '../assertion/assertion';
import { checkDraft } from './check';
import { headersToDraft } from './draft';
import { addSnap, missingBase, moveSnap, pickChannel, removeSnap, setBase, setGrade, setPresence, setText, snapRows } from './edit';
import { uc24 } from './fixtures/models';
import { draftFromTemplate } from './templates';

const draft = () => headersToDraft(uc24());
const names = (d: ReturnType<typeof draft>) => snapRows(d).map((row) => row.name);
const hello = { name: 'hello', snapId: 'hellohellohellohellohellohellohe', type: 'app', channels: [{ channel: 'latest/stable', architecture: 'amd64', base: 'core22' }] };

describe('the rows of a draft', () => {
  it('have the essential snaps first, in boot order', () => {
    expect(names({ ...draft(), snaps: [...uc24().snaps].reverse() })).toEqual(['snapd', 'pc-kernel', 'core24', 'pc', 'kiosk']);
  });

  it('leave out what is no snap, and need no list', () => {
    expect(snapRows({ snaps: ['x', { name: 'a1' }] }).map((row) => row.index)).toEqual([1]);
    expect(snapRows({})).toEqual([]);
  });
});

describe('an edit', () => {
  it('moves snaps among those that are not essential', () => {
    const two = addSnap(draft(), hello);
    expect(names(moveSnap(two, 5, -1)).slice(4)).toEqual(['hello', 'kiosk']);
    expect(moveSnap(two, 5, 1)).toBe(two);
    expect(moveSnap(two, 0, 1)).toBe(two);
  });

  it('removes, and changes presence without writing the default', () => {
    expect(names(removeSnap(draft(), 4))).not.toContain('kiosk');
    const optional = setPresence(draft(), 4, 'optional');
    expect((optional.snaps as HeaderMap[])[4]!.presence).toBe('optional');
    expect(setPresence(optional, 4, 'required')).toEqual(draft());
  });

  it('takes an empty text for none', () => {
    expect('display-name' in setText(draft(), 'display-name', '')).toBe(false);
    expect(setText(draft(), 'display-name', ' as typed ')['display-name']).toBe(' as typed ');
  });

  it('to secured lets go of a storage-safety that would be refused', () => {
    expect(setGrade({ ...draft(), 'storage-safety': 'prefer-encrypted' }, 'secured')).toEqual({ ...draft(), grade: 'secured' });
    expect(setGrade({ ...draft(), 'storage-safety': 'prefer-encrypted' }, 'dangerous')['storage-safety']).toBe('prefer-encrypted');
  });

  it('to another base keeps the draft sound and the risks as they were', () => {
    const before = draftFromTemplate('amd64-core24', { name: 'x1', displayName: '', grade: 'signed' });
    expect(setBase(before, 'core22')).toEqual(draftFromTemplate('amd64-core22', { name: 'x1', displayName: '', grade: 'signed' }));
    expect(setBase(setBase(before, 'core22'), 'core24')).toEqual(before);
    expect(checkDraft(setBase(draft(), 'core22'), { brandId: 'acme' }).filter((p) => p.severity !== 'info')).toEqual([]);
  });

  it('to a base that is listed already does not list it twice', () => {
    const both = { ...draft(), snaps: [...uc24().snaps, { name: 'core22', id: 'amcUKQILKXHHTlmSa7NMdnXSx02dNeeT', type: 'base' }] };
    expect(names(setBase(both, 'core22')).filter((name) => name.startsWith('core'))).toEqual(['core22']);
  });
});

describe('adding from the store', () => {
  it('fills in id, type and channel', () => {
    expect((addSnap(draft(), hello).snaps as HeaderMap[])[5]).toEqual({ name: 'hello', id: hello.snapId, 'default-channel': 'latest/stable' });
  });

  it('replaces the gadget, and adds nothing twice', () => {
    const gadget = { name: 'acme-pc', snapId: 'g'.repeat(32), type: 'gadget', channels: [{ channel: '24/edge', architecture: 'amd64', base: 'core24' }] };
    const replaced = addSnap(draft(), gadget);
    expect((replaced.snaps as HeaderMap[])[3]).toEqual({ name: 'acme-pc', id: gadget.snapId, type: 'gadget', 'default-channel': '24/edge' });
    expect(addSnap(replaced, gadget)).toBe(replaced);
  });

  it('names the base that is missing, of the very channel', () => {
    expect(missingBase(addSnap(draft(), hello), hello)).toBe('core22');
    expect(missingBase(addSnap(draft(), hello), { ...hello, channels: [{ channel: 'latest/stable', architecture: 'amd64', base: null }] })).toBe('core');
    expect(missingBase(addSnap(draft(), hello), { ...hello, channels: [{ channel: 'latest/stable', architecture: 'arm64', base: 'core22' }] })).toBeUndefined();
    expect(missingBase(setBase(addSnap(draft(), hello), 'core22'), hello)).toBeUndefined();
  });

  it.each([
    [['latest/stable', '24/stable'], 'app', 'latest/stable'],
    [['latest/stable', '24/stable'], 'gadget', '24/stable'],
    [['latest/stable', '24/edge', '24/beta'], 'kernel', '24/edge'],
    [['24/beta', '22/stable'], 'kernel', '24/beta'],
    [['3/stable', '2/stable'], 'app', '3/stable'],
    [['latest/edge', '3/stable'], 'app', 'latest/edge'],
    [[], 'app', 'latest/stable'],
    [[], 'gadget', '24/stable'],
  ] as const)('of %j for a %s picks %s', (channels, type, expected) => {
    expect(pickChannel('some', { type, channels: channels.map((channel) => ({ channel, architecture: 'amd64', base: null })) }, { architecture: 'amd64', base: 'core24' })).toBe(expected);
  });
});
