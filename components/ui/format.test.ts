import { describe, expect, it } from 'vitest';
import { formatBytes, formatClock, formatDay, formatDuration, formatExact, formatNumber, formatRelative, plural, shorten } from './format';

const now = Date.UTC(2026, 10, 22, 14, 3, 7);
const before = (ms: number) => now - ms;
const minutes = 60_000;
const hours = 60 * minutes;
const days = 24 * hours;

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1234, '1.2 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [34_000_000, '34 MB'],
    [999_949_999, '1 GB'],
    [1_234_567_890, '1.2 GB'],
    [5e18, '5000 PB'],
  ])('writes %d as %s', (size, text) => expect(formatBytes(size)).toBe(text));
  it('never writes less than nothing', () => expect(formatBytes(-5)).toBe('0 B'));
});

describe('durations', () => {
  it.each([
    [0, '0.0 s'],
    [4_120, '4.1 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [3_780_000, '1 h 3 min'],
    [52 * hours, '2 d 4 h'],
  ])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
  it('takes a clock that went backwards for no time at all', () => expect(formatDuration(-400)).toBe('0.0 s'));
});

describe('instants', () => {
  it('are written in UTC whatever the machine says', () => {
    expect(formatExact('2026-11-22T14:03:07Z')).toBe('22 Nov 2026, 14:03 UTC');
    expect(formatExact('2026-11-22T14:03:07+02:00', true)).toBe('22 Nov 2026, 12:03:07 UTC');
    expect(formatDay('2026-01-02T23:59:59Z')).toBe('2 Jan 2026');
    expect(formatClock('2026-01-02T03:04:05Z')).toBe('03:04:05');
  });
  it.each([
    [before(0), 'just now'],
    [before(59_999), 'just now'],
    [before(-5_000), 'just now'],
    [before(-40_000), 'in a moment'],
    [before(5 * minutes), '5 min ago'],
    [before(-3 * hours - 1), 'in 3 h'],
    [before(25 * hours), 'yesterday'],
    [before(-25 * hours), 'tomorrow'],
    [before(12 * days), '12 days ago'],
    [before(-29 * days), 'in 29 days'],
    [before(30 * days), '23 Oct 2026'],
  ])('%d reads as %s', (at, text) => expect(formatRelative(at, now)).toBe(text));
});

describe('identifiers and counts', () => {
  it('keeps the two ends of a long digest', () => expect(shorten('0123456789abcdef0123456789', 4, 4)).toBe('0123…6789'));
  it('leaves alone what would not become shorter', () => expect(shorten('123456789', 4, 4)).toBe('123456789'));
  it('parts thousands', () => {
    expect(formatNumber(1_234_567)).toBe('1\u202f234\u202f567');
    expect(formatNumber(999)).toBe('999');
  });
  it('counts one and many', () => {
    expect(plural(1, 'model')).toBe('1 model');
    expect(plural(0, 'model')).toBe('0 models');
    expect(plural(2, 'entry', 'entries')).toBe('2 entries');
  });
});
