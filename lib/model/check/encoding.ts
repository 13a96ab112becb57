import type { HeaderValue } from '../../assertion/assertion';
import { HEADER_NAME } from '../../assertion/scalars';
import { utf8 } from '../../bytes';
import { joinPath } from '../path';
import { quote, report, vanishes, type Checking } from './report';

/** snapd's stream decoder takes headers of at most 128 KiB (asserts/asserts.go); the key id and the rest that signing adds need room. */
const MAX_HEADER_BYTES = 128 * 1024 - 1024;
const MAX_DEPTH = 16;

function checkText(checking: Checking, text: string, path: string): void {
  if (/\p{Surrogate}/u.test(text)) report(checking, path, 'not-unicode', 'This text has half of a character in it and cannot be written as UTF-8. Type it again.');
}

function checkName(checking: Checking, name: string, path: string): void {
  if (HEADER_NAME.test(name)) return;
  const fixable = /^[a-z0-9-]+$/.test(name);
  const fix = fixable ? ({ label: `Remove ${name}`, op: 'remove', path } as const) : undefined;
  report(checking, path, 'header-name', `${quote(name)} cannot be the name of a header: use a lower-case letter, then letters, digits and single hyphens.`, { fix });
}

function checkValue(checking: Checking, value: HeaderValue, path: string, depth: number): void {
  if (typeof value === 'string') return checkText(checking, value, path);
  if (depth > MAX_DEPTH) return report(checking, path, 'too-deep', `Headers are nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) {
    for (const [i, member] of value.entries()) {
      const at = joinPath(path, i);
      if (vanishes(member)) report(checking, at, 'empty-member', 'This entry is empty, and an empty entry cannot be written. Fill it or remove it.', { fix: { label: 'Remove the empty entry', op: 'remove', path: at } });
      else checkValue(checking, member, at, depth + 1);
    }
    return;
  }
  checkNames(checking, value, path, depth);
}

function checkNames(checking: Checking, map: { [name: string]: HeaderValue }, path: string, depth: number): void {
  for (const [name, value] of Object.entries(map)) {
    const at = joinPath(path, name);
    if (typeof value !== 'string' && Object.keys(value).length === 0) continue;
    checkName(checking, name, at);
    if (typeof value !== 'string' && !Array.isArray(value) && Object.keys(value).length > 0 && vanishes(value)) {
      report(checking, at, 'empty-member', `All of ${name} is empty, and what is empty cannot be written. Fill it or remove it.`, { fix: { label: `Remove ${name}`, op: 'remove', path: at } });
    } else checkValue(checking, value, at, depth + 1);
  }
}

/** What can be written as an assertion's text and read back as the same (snapd asserts/headers.go). */
export function checkEncoding(checking: Checking): void {
  checkNames(checking, checking.headers, '', 0);
  const text = JSON.stringify(checking.headers);
  // No character has more than three bytes for each of its units.
  if (text.length * 3 > MAX_HEADER_BYTES && utf8(text).length > MAX_HEADER_BYTES) report(checking, '', 'too-large', 'The model is larger than the 128 KiB that devices read. Remove snaps or shorten texts.');
}
