import { diffLines } from 'diff';

export type Line = { kind: 'same' | 'added' | 'removed'; text: string };

const PATIENCE_MS = 500;

/** Line by line from one text to the other; texts that take too long to compare are shown one after the other. */
export function diffTexts(before: string, after: string): Line[] {
  const changes = diffLines(`${before}\n`, `${after}\n`, { timeout: PATIENCE_MS }) ?? [
    { value: before, removed: true, added: false },
    { value: after, added: true, removed: false },
  ];
  return changes.flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): Line => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text })),
  );
}
