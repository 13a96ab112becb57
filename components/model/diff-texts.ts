import { diffLines } from 'diff';

export type Line = { kind: 'same' | 'added' | 'removed'; text: string };

/** Line by line from one text to the other. */
export function diffTexts(before: string, after: string): Line[] {
  return diffLines(`${before}\n`, `${after}\n`).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): Line => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text })),
  );
}
