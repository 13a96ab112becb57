import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  errorsOf,
  isForFlashing,
  WARNING_CODES,
  WARNINGS,
  warningsOf,
  type Finding,
  type WarningCode,
} from './warnings';

const FINDINGS: Finding[] = [
  { path: 'snaps.a', code: 'base-missing', message: 'No base.' },
  { path: 'snaps.b', code: 'core-added', message: 'core is added.', severity: 'warning' },
];

it('tells errors from warnings', () => {
  expect(errorsOf(FINDINGS)).toEqual([FINDINGS[0]]);
  expect(warningsOf(FINDINGS)).toEqual([{ code: 'core-added', message: 'core is added.' }]);
});

it('shows whoever flashes an image what its device may stumble over, and not how it was put together', () => {
  expect(isForFlashing({ code: 'kernel-compression' })).toBe(true);
  expect(isForFlashing({ code: 'core-added' })).toBe(false);
});

it('has every warning in the table of docs/cli.md, word for word', () => {
  const docs = readFileSync(new URL('../docs/cli.md', import.meta.url), 'utf8');
  const section = docs.slice(docs.indexOf('### Warnings'), docs.indexOf('### image plan'));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const row = (code: WarningCode) =>
    `| \`${code}\` | ${WARNINGS[code]} | ${isForFlashing({ code }) ? 'yes' : ''} |`;
  expect(rows).toEqual([...WARNING_CODES].sort().map(row));
});
