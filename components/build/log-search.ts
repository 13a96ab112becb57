/** Where `needle` stands in `text`, without regard to case: `[start, end)` pairs that do not overlap. */
export function findIn(text: string, needle: string): [number, number][] {
  if (needle === '') return [];
  const found: [number, number][] = [];
  const hay = text.toLowerCase();
  // Some letters change their length in lower case; then offsets would lie, and the whole line is marked instead.
  if (hay.length !== text.length) return hay.includes(needle.toLowerCase()) ? [[0, text.length]] : [];
  for (let at = hay.indexOf(needle.toLowerCase()); at >= 0; at = hay.indexOf(needle.toLowerCase(), at + needle.length)) found.push([at, at + needle.length]);
  return found;
}
