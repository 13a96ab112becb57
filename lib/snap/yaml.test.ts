import { describe, expect, it } from 'vitest';
import { parseYaml, parseYamlWith } from './yaml';

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

describe('YAML read in the way of another', () => {
  it('tells scalars with quotes from those without', () =>
    expect(parseYamlWith('a: yes\nb: "yes"\nc: [!!str yes, ~]\nd:\n', 'a file', (text, plain) => `${plain ? 'plain' : 'quoted'} ${text}`)).toEqual(
      new Map<string, unknown>([['a', 'plain yes'], ['b', 'quoted yes'], ['c', ['quoted yes', 'plain ~']], ['d', 'plain ']]),
    ));
});
