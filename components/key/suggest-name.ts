/** `acme-2026`, or the first free `acme-2026-2`, `-3`, …: an account may not hold two keys of one name. */
export function suggestKeyName(brand: string, year: number, taken: string[]): string {
  const stem = `${brand.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 54) || 'brand'}-${year}`;
  if (!taken.includes(stem)) return stem;
  let n = 2;
  while (taken.includes(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}
