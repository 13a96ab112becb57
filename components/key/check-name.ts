import { keyName, type KeyView } from '@/lib/api/keys';
import type { Problem } from '@/lib/errors';

/** What is wrong with the name of a new key. */
export function checkName(name: string, keys: readonly KeyView[]): Problem[] {
  if (keys.some((key) => key.name === name)) return [{ path: 'name', code: 'taken', message: `There is a key named ${name} already. The store allows each name once.` }];
  const parsed = keyName.safeParse(name);
  return parsed.success ? [] : parsed.error.issues.slice(0, 1).map((issue) => ({ path: 'name', code: issue.code, message: issue.message }));
}
