import { LICENSE_EXCEPTION_IDS, LICENSE_IDS } from '../snap/license-ids';

const TOKEN = /[()]|[^\s()]+/g;
const OPERATORS = new Set(['AND', 'OR', 'WITH']);

/**
 * Whether a text is a license expression (SPDX 2.3, annex D) of nothing but licenses of SPDX's list. `LicenseRef-…` is none here: its text would have to be
 * told with it, and a snap.yaml has none. Ids and operators are matched as they are written.
 */
export function isLicenseExpression(text: string): boolean {
  let depth = 0;
  // What may stand next: a license or "(", or what follows one.
  let expects: 'license' | 'exception' | 'operator' = 'license';
  let afterLicense = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (expects === 'license') {
      if (token === '(') depth += 1;
      else if (isLicense(token)) expects = 'operator';
      else return false;
      afterLicense = token !== '(';
    } else if (expects === 'exception') {
      if (!LICENSE_EXCEPTION_IDS.has(token)) return false;
      expects = 'operator';
      afterLicense = false;
    } else if (token === ')') {
      if (depth === 0) return false;
      depth -= 1;
      afterLicense = false;
    } else {
      if (!OPERATORS.has(token) || (token === 'WITH' && !afterLicense)) return false;
      expects = token === 'WITH' ? 'exception' : 'license';
    }
  }
  return expects === 'operator' && depth === 0;
}

/** `+`: this version or a later one. */
const isLicense = (token: string): boolean => LICENSE_IDS.has(token) || (token.endsWith('+') && LICENSE_IDS.has(token.slice(0, -1)));
