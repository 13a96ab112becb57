import { describe, expect, it } from 'vitest';
import { diffTexts } from './diff-texts';

const marks = (before: string, after: string) => diffTexts(before, after).map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`);

describe('two texts', () => {
  it('that are the same have no marks', () => {
    expect(marks('a\nb', 'a\nb')).toEqual([' a', ' b']);
  });

  it('differ line by line, the last one included', () => {
    expect(marks('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
  });

  it('keep their indents and their empty lines', () => {
    expect(marks('snaps:\n  -\n\n    name: pc', 'snaps:\n  -\n\n    name: pi')).toEqual([' snaps:', '   -', ' ', '-    name: pc', '+    name: pi']);
  });
});

it('gives up on texts that have nothing in common before a person does', () => {
  const lines = (mark: string) => Array.from({ length: 20_000 }, (_, i) => `${mark}${i}`).join('\n');
  const start = performance.now();
  expect(diffTexts(lines('a'), lines('b'))).toHaveLength(40_000);
  expect(performance.now() - start).toBeLessThan(5_000);
});
