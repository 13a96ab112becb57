import { describe, expect, it } from 'vitest';
import { forConsole } from './child-log';

describe('a line of a process, on the console', () => {
  it.each([
    ['{"level":"warn","msg":"slow"}', 'warn: slow'],
    ['{"level":"error","msg":"failed","err":{"message":"no route"}}', 'error: failed (no route)'],
    ['{"level":"error","msg":"failed","err":{"message":"failed"}}', 'error: failed'],
    ['plain words', 'plain words'],
    ['{ not json', '{ not json'],
  ])('%s is shown as %s', (line, shown) => expect(forConsole(line)).toBe(shown));
  it.each(['', '   ', '{"level":"info","msg":"request"}', '{"level":"debug"}'])('%j is for the file only', (line) => expect(forConsole(line)).toBeUndefined());
  it('is shortened', () => expect(forConsole('x'.repeat(5000))!.length).toBeLessThan(400));
});
