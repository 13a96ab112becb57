import { SNAP_LICENSE_EXCEPTION_IDS, SNAP_LICENSE_IDS } from './license-ids';

const OPERATORS = ['AND', 'OR', 'WITH'];

/**
 * Why snapd does not take a license, as the rest of a sentence; undefined where it does (snapd spdx/parser.go). It is looser than SPDX's grammar about
 * parentheses, and knows fewer licenses.
 */
export function whyNotSnapLicense(text: string): string | undefined {
  const tokens = text.match(/[()]|[^() \n]+/g) ?? [];
  // Of each parenthesis that is open: what came last in it.
  const open: string[] = [];
  let last = '';
  for (const token of tokens) {
    if (token === '(') {
      if (last === 'WITH') return 'has a parenthesis behind WITH.';
      open.push(last);
      last = '';
      continue;
    }
    if (token === ')') {
      if (open.length === 0) return 'closes a parenthesis that is not open.';
      if (last === '') return 'has parentheses with nothing in them.';
      open.pop();
      last = '(';
      continue;
    }
    const why = OPERATORS.includes(token) ? whyNotOperator(token, last) : whyNotWord(token, last);
    if (why !== undefined) return why;
    last = token;
  }
  if (open.length > 0) return 'leaves a parenthesis open.';
  if (last === '') return 'says nothing.';
  return OPERATORS.includes(last) ? `ends with ${last}.` : undefined;
}

function whyNotOperator(token: string, last: string): string | undefined {
  if (last === '' || OPERATORS.includes(last)) return `has no license before ${token}.`;
  return token === 'WITH' && last === '(' ? 'has no license before WITH.' : undefined;
}

function whyNotWord(token: string, last: string): string | undefined {
  const shown = token.slice(0, 60);
  if (last === 'WITH') return SNAP_LICENSE_EXCEPTION_IDS.has(token) ? undefined : `has the exception ${shown}, which snapd does not know.`;
  if (last !== '' && !OPERATORS.includes(last)) return `has ${shown} where AND or OR is expected.`;
  return SNAP_LICENSE_IDS.has(token) ? undefined : `has the license ${shown}, which snapd does not know: it takes the ids of SPDX's list 3.11, and Proprietary.`;
}
