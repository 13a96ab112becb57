import { describe, expect, it } from 'vitest';
import { resolvePlain, resolveTagged } from './yaml-scalars';

// What yaml.v2 of Go unmarshals these to, read from it.
describe('a YAML scalar without quotes', () => {
  it.each([
    ['yes', 'boolean true'], ['Off', 'boolean false'], ['y', 'boolean true'], ['tRUE', 'text tRUE'],
    ['10', 'integer 10'], ['010', 'integer 8'], ['0o17', 'integer 15'], ['0x1F', 'integer 31'], ['0b11', 'integer 3'], ['0b-101', 'integer -5'], ['1_000', 'integer 1000'], ['+7', 'integer 7'], ['-9223372036854775808', 'integer -9223372036854775808'],
    ['08', 'float 8'], ['1e3', 'float 1000'], ['1e21', 'float 1e+21'], ['1234567.5', 'float 1.2345675e+06'], ['.5', 'float 0.5'], ['0.00001', 'float 1e-05'], ['-0.0', 'float -0'], ['.inf', 'float +Inf'], ['.nan', 'float NaN'],
    ['2024-02-29', 'timestamp 2024-02-29'], ['2023-02-29', 'text 2023-02-29'], ['2024-1-2T3:4:5.678+01:00', 'timestamp 2024-1-2T3:4:5.678+01:00'], ['2024-01-02 03:04:05', 'timestamp 2024-01-02 03:04:05'], ['2024-01-02 03:04:05Z', 'text 2024-01-02 03:04:05Z'], ['2024-01-02 24:00:00', 'text 2024-01-02 24:00:00'],
    ['1:30', 'text 1:30'], ['1e999', 'text 1e999'], ['0x', 'text 0x'], ['-', 'text -'], ['.5_0', 'text .5_0'], ['18446744073709551616', 'float 1.8446744073709552e+19'], ['1.2.3', 'text 1.2.3'],
  ])('%s is %s', (text, is) => {
    const scalar = resolvePlain(text);
    expect(scalar.text).toBe(text);
    expect(`${scalar.kind} ${'value' in scalar ? scalar.value : scalar.text}`).toBe(is);
  });

  it.each([['', 'null'], ['~', 'null'], ['Null', 'null'], ['18446744073709551615', 'big-integer'], ['9223372036854775808', 'big-integer'], ['0xffffffffffffffff', 'big-integer'], ['<<', 'merge'], ['9'.repeat(400), 'text'], [`0x${'0'.repeat(400)}1`, 'integer']])('%s has the kind %s', (text, kind) =>
    expect(resolvePlain(text).kind).toBe(kind));
});

describe('a YAML scalar with a tag', () => {
  it.each([
    ['str', '1', 'text'], ['bool', 'yes', 'boolean'], ['bool', '1', 'unreadable'], ['int', '0x10', 'integer'], ['int', '18446744073709551615', 'big-integer'], ['int', '1.5', 'unreadable'], ['int', '', 'unreadable'],
    ['float', '5', 'float'], ['float', '1e3', 'float'], ['float', 'a', 'unreadable'], ['float', '18446744073709551615', 'unreadable'], ['null', '~', 'null'], ['null', 'a', 'unreadable'], ['timestamp', '2020-01-01', 'timestamp'], ['timestamp', 'a', 'unreadable'],
    ['binary', 'YQ==', 'text'], ['binary', 'Y\nQ\r\n==', 'text'], ['binary', 'YQ', 'unreadable'], ['binary', 'Y Q==', 'unreadable'], ['binary', '/w==', 'unreadable'], ['set', '1', 'text'],
  ])('!!%s %j is %s', (name, text, kind) => expect(resolveTagged(text, `tag:yaml.org,2002:${name}`).kind).toBe(kind));

  it('is a text where nobody knows the tag', () => expect(resolveTagged('1', '!a')).toEqual({ kind: 'text', text: '1' }));
});
