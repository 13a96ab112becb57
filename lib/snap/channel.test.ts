import { describe, expect, it } from 'vitest';
import { formatChannel, fullChannel, mergeChannel, mergePinned, parseChannel, sameChannel } from './channel';

describe('a channel', () => {
  it.each([
    ['24', { track: '24' }, '24/stable'],
    ['edge', { risk: 'edge' }, 'latest/edge'],
    ['24/edge', { track: '24', risk: 'edge' }, '24/edge'],
    ['edge/fix-1', { risk: 'edge', branch: 'fix-1' }, 'latest/edge/fix-1'],
    ['24/edge/fix-1', { track: '24', risk: 'edge', branch: 'fix-1' }, '24/edge/fix-1'],
    ['latest/stable', { track: 'latest', risk: 'stable' }, 'latest/stable'],
    ['stable/stable', { risk: 'stable', branch: 'stable' }, 'latest/stable/stable'],
  ] as const)('is read from %s', (text, parts, full) => {
    expect(parseChannel(text)).toEqual(parts);
    expect(formatChannel(parts)).toBe(text);
    expect(fullChannel(text)).toBe(full);
  });

  it.each(['', '/', '24/', '/edge', '24//x', '24/nonsense', 'a/b/c', 'a/edge/', 'edge/', '24/edge/x/y'])('is not read from %j', (text) => {
    expect(parseChannel(text)).toBeUndefined();
    expect(fullChannel(text)).toBeUndefined();
  });

  it('is the same in its short and its full form', () => {
    expect(sameChannel('24', '24/stable')).toBe(true);
    expect(sameChannel('24', '22/stable')).toBe(false);
    expect(sameChannel('', '')).toBe(false);
  });
});

describe('an asked channel', () => {
  it('moves within the track when it is a risk', () => {
    expect(mergeChannel('24/stable', 'edge')).toBe('24/edge');
    expect(mergeChannel('24/stable', 'edge/fix')).toBe('24/edge/fix');
  });

  it('replaces when it names a track, or when there is no track', () => {
    expect(mergeChannel('24/stable', '22')).toBe('22');
    expect(mergeChannel('24/stable', 'latest/edge')).toBe('latest/edge');
    expect(mergeChannel('stable', 'edge')).toBe('edge');
  });

  it('changes nothing when it is empty', () => {
    expect(mergeChannel('24/stable', '')).toBe('24/stable');
    expect(mergeChannel('24/stable', undefined)).toBe('24/stable');
  });
});

describe('a pinned track', () => {
  it('allows other risks', () => {
    expect(mergePinned('18-pi3', undefined)).toBe('18-pi3');
    expect(mergePinned('18-pi3', 'beta')).toBe('18-pi3/beta');
    expect(mergePinned('18-pi3', '18-pi3')).toBe('18-pi3');
    expect(mergePinned('18-pi3', '18-pi3/edge')).toBe('18-pi3/edge');
  });

  it.each(['18-pi4', '18-pi31/edge', 'latest/stable'])('refuses to be left for %s', (option) => {
    expect(() => mergePinned('18-pi3', option)).toThrow(expect.objectContaining({ code: 'channel-pinned' }));
  });
});
