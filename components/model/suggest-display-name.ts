import { nameFromDisplayName } from '@/lib/model/templates';

/** `Acme PC`, or the first with a number that nobody has. */
export function suggestDisplayName(brand: string, board: string, taken: string[]): string {
  const stem = `${brand} ${board}`.trim();
  let n = 1;
  const title = () => (n === 1 ? stem : `${stem} ${n}`);
  while (taken.includes(nameFromDisplayName(title()))) n += 1;
  return title();
}
