import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, isKeyName, isSha3Digest, isSnapName, nanoseconds, parseInteger, parseTime, parseUnsigned } from './scalars';

describe('integers', () => {
  it.each<[string, bigint]>([
    ['0', 0n],
    ['7', 7n],
    ['+1', 1n],
    ['+01', 1n],
    ['-0', 0n],
    ['-1', -1n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    [`+${'0'.repeat(100)}5`, 5n],
  ])('take %s', (text, value) => expect(parseInteger(text)).toBe(value));

  it.each(['', '01', '00', ' 1', '1 ', '1_0', '1.0', '0x1', '++1', '+', '-', '1\n', '９', '9223372036854775808', '-9223372036854775809', '1e3', 'true'])('refuse %j', (text) => {
    expect(parseInteger(text)).toBeUndefined();
  });

  it('without a sign go up to 2^64-1', () => {
    expect(parseUnsigned('18446744073709551615')).toBe(2n ** 64n - 1n);
    for (const text of ['18446744073709551616', '+1', '-1', '01', '', '1 ']) expect(parseUnsigned(text)).toBeUndefined();
  });

  it('are written in one form', () => {
  });
});

describe('times', () => {
  it.each<[string, string]>([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2016-08-31T00:00:00.0Z', '2016-08-31T00:00:00Z'],
    ['2026-01-01T1:02:03Z', '2026-01-01T01:02:03Z'],
    ['2026-01-01T00:00:00+02:30', '2025-12-31T21:30:00Z'],
    ['2026-01-01T00:00:00-00:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00+24:60', '2025-12-30T23:00:00Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
  ])('take %s', (text, same) => expect(parseTime(text)).toBe(nanoseconds(new Date(same))));

  it('know nanoseconds, after a dot or a comma, and cut off what is finer', () => {
    const whole = parseTime('2026-01-01T00:00:00Z')!;
    expect(parseTime('2026-01-01T00:00:00.5Z')).toBe(whole + 500_000_000n);
    expect(parseTime('2026-01-01T00:00:00,000000001Z')).toBe(whole + 1n);
    expect(parseTime('2026-01-01T00:00:00.00000000199999Z')).toBe(whole + 1n);
  });

  it('begin with the year 0000', () => {
    expect(parseTime('0001-01-01T00:00:00Z')).toBe(-62_135_596_800_000_000_000n);
    expect(parseTime('0000-02-29T00:00:00Z')).toBeLessThan(parseTime('0001-01-01T00:00:00Z')!);
  });

  it.each([
    '', '2026-01-01', '2026-01-01T00:00:00', '2026-01-01 00:00:00Z', '2026-01-01t00:00:00Z', '2026-01-01T00:00:00z', '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:60Z',
    '2026-02-29T00:00:00Z', '2100-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-1-01T00:00:00Z', '2026-01-1T00:00:00Z',
    '2026-01-01T00:0:00Z', '2026-01-01T00:00:0Z', '2026-01-01T00:00:00.Z', '2026-01-01T00:00:00+25:00', '2026-01-01T00:00:00+00:61', '2026-01-01T00:00:00+0000', '2026-01-01T00:00:00+00', '26-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n', ' 2026-01-01T00:00:00Z', '12026-01-01T00:00:00Z',
  ])('refuse %j', (text) => expect(parseTime(text)).toBeUndefined());

  it('written by us are read as they were, to the second', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (time) => {
        const second = new Date(Math.floor(time.getTime() / 1000) * 1000);
        expect(parseTime(formatTime(time))).toBe(nanoseconds(second));
      }),
    );
  });
});

describe('names', () => {
  it.each(['pc', 'a1', '0ad', 'pc-kernel', `a${'b'.repeat(39)}`, '1-a'])('of snaps may be %s', (name) => expect(isSnapName(name)).toBe(true));
  it.each(['', 'p', '12', '1-2', '-pc', 'pc-', 'p--c', 'PC', 'pc_dev', `a${'b'.repeat(40)}`, 'pç', 'p c', 'pc\n'])('of snaps cannot be %j', (name) => expect(isSnapName(name)).toBe(false));

  it('of keys are judged at once, however long', () => {
    expect(isKeyName('models-2026')).toBe(true);
    expect(isKeyName('a')).toBe(true);
    expect(isKeyName(`${'a1'.repeat(50_000)}-`)).toBe(false);
    expect(isKeyName('1'.repeat(50_000))).toBe(false);
  });
});

describe('digests', () => {
  it('are 48 bytes of base64url, line feeds apart', () => {
    expect(isSha3Digest('A_-9'.repeat(16))).toBe(true);
    expect(isSha3Digest(`${'A'.repeat(30)}\n${'A'.repeat(34)}`)).toBe(true);
    for (const text of ['', 'A'.repeat(63), 'A'.repeat(65), `${'A'.repeat(63)}=`, `${'A'.repeat(63)}+`, `${'A'.repeat(63)} `]) expect(isSha3Digest(text)).toBe(false);
  });
});
