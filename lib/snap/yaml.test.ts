import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml';

const codeOf = (text: string) => {
  try {
    parseYaml(text, 'a file');
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('YAML that nests without end', () => {
  // Each of these ended the whole process: V8 does not survive a stack that runs out inside a regular expression.
  it.each([
    ['in lists of one line', '- '.repeat(400_000)],
    ['in brackets', '['.repeat(500_000)],
    ['in maps of one line', '{a: '.repeat(200_000)],
    ['in keys', '? '.repeat(400_000)],
    ['by indentation', Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('is refused before it is parsed: %s', (_, text) => expect(codeOf(text)).toBe('yaml-invalid'));

  it('is taken as deep as real files go', () => expect(codeOf(Array.from({ length: 20 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toBeUndefined());
});
