import { describe, expect, it } from 'vitest';
import { isLicenseExpression } from './license';

describe('a license expression', () => {
  it.each(['GPL-3.0', 'Apache-2.0', 'GPL-2.0+', 'Apache-2.0+', 'MIT AND (LGPL-2.1-or-later OR BSD-3-Clause)', 'GPL-2.0-only WITH Classpath-exception-2.0', '(MIT)', '((MIT) OR (ISC))', ' MIT\nOR  ISC ', 'GPL-2.0-or-later WITH GCC-exception-2.0 AND MIT'])('may be %j', (text) => expect(isLicenseExpression(text)).toBe(true));

  it.each(['', ' ', 'Proprietary', 'mit', 'MIT or ISC', 'MIT ISC', 'MIT AND', 'AND MIT', 'MIT OR OR ISC', '(MIT', 'MIT)', '()', '(MIT) WITH Classpath-exception-2.0', 'MIT WITH MIT', 'GPL-2.0-only WITH', 'GPL-2.0-only WITH (Classpath-exception-2.0)', 'GPL-2.0-only WITH Classpath-exception-2.0 WITH GCC-exception-2.0', 'LicenseRef-mine', 'MIT()', 'MIT++', '+'])(
    'is not %j',
    (text) => expect(isLicenseExpression(text)).toBe(false),
  );

  it('may be nested as deeply as anybody likes', () => expect(isLicenseExpression(`${'('.repeat(100_000)}MIT${')'.repeat(100_000)}`)).toBe(true));
});
