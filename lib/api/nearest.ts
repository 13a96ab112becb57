/** No name of ours is longer. */
const MAX_LENGTH = 64;

/**
 * The known name that somebody probably meant; undefined where none is near. Near: at most a third of the letters is
 * wrong (one more, one less, another one, two swapped), or it is a part of the name. Case, - and _ do not count.
 */
export function nearest(typed: string, known: Iterable<string>): string | undefined {
  const word = plain(typed);
  if (word === '' || word.length > MAX_LENGTH) return undefined;
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = distanceOf(word, plain(name));
    if (distance < (best?.distance ?? Infinity)) best = { name, distance };
  }
  return best?.name;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, '');

const PART = 3;

function distanceOf(word: string, name: string): number {
  const most = Math.floor(Math.max(word.length, name.length) / 3);
  const edits = editsBetween(word, name);
  if (edits <= most) return edits;
  const isPart = name.length >= PART && word.length >= PART && (name.includes(word) || word.includes(name));
  // Behind whatever is near by its letters.
  return isPart ? MAX_LENGTH + edits : Infinity;
}

/** Optimal string alignment: Levenshtein's distance, with two letters swapped as one edit. */
function editsBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, before[j - 2]! + 1);
      row.push(edits);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
