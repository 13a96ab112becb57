import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { LICENSE_EXCEPTION_IDS, LICENSE_IDS } from '../snap/license-ids';
import { isLicenseExpression } from './license';

const require = createRequire(import.meta.url);
const parse = require('spdx-expression-parse') as (text: string) => unknown;
const idsOf = (...names: string[]): string[] => names.flatMap((name) => require(name) as string[]).sort();

const isParsed = (text: string): boolean => {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The packages that npm itself reads licenses with. */
describe('the licenses of SPDX are those that its keepers publish', () => {
  it('with the deprecated ones', () => expect([...LICENSE_IDS].sort()).toEqual(idsOf('spdx-license-ids', 'spdx-license-ids/deprecated.json').filter((id) => !id.endsWith('+'))));
  it('and the exceptions', () => expect([...LICENSE_EXCEPTION_IDS].sort()).toEqual(idsOf('spdx-exceptions', 'spdx-exceptions/deprecated.json')));
});

describe('a license expression is one to npm’s parser too', () => {
  const words = ['MIT', 'GPL-2.0-only', 'GPL-2.0+', 'Proprietary', 'AND', 'OR', 'WITH', 'Classpath-exception-2.0', '(', ')'];
  /** All of up to four words: what is an expression at all is one by then. */
  const texts = (length: number): string[] => (length === 0 ? [''] : texts(length - 1).flatMap((text) => words.map((word) => `${text} ${word}`.trim())));

  it.each([1, 2, 3, 4])('in any order of %i words', (length) => {
    // It passes over parentheses with nothing in them, which are none by the grammar.
    const differ = texts(length).filter((text) => isLicenseExpression(text) !== (isParsed(text) && !text.includes('( )')));
    expect(differ).toEqual([]);
  });
});
