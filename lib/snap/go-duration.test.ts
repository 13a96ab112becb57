import { expect, it } from 'vitest';
import { parseGoDuration } from './go-duration';

it.each([
  ['30s', 30], ['1h1.5m', 3690], ['1.9s', 1], ['0', 0], ['+0', 0], ['-0s', 0], ['.5s', 0], ['100ms', 0], ['1us1µs1μs', 0], ['1.s', 1], ['2562047h47m16.854775807s', 9_223_372_036],
])('the duration %s has %d whole seconds', (text, seconds) => expect(parseGoDuration(text)).toBe(seconds));

it.each(['', '5', '-1s', '1d', 's', '.s', '1s1', ' 1s', '1 s', '2562048h', '1.2.3s'])('%j is no duration', (text) => expect(parseGoDuration(text)).toBeUndefined());
