import type { Assertion } from '../assertion';
import { LOWER_NAME } from '../scalars';
import { breaks, optionalFlag, optionalText, requireMatch, requireTime } from './rules';

/** What makes the text a model at all (snapd asserts/model.go). The rules of snaps, grades and authorities come as a further check. */
export function checkModel({ headers, authorityId }: Assertion): void {
  if (headers['brand-id'] !== authorityId) breaks('authority-id', 'should be the same as "brand-id": a model is signed by its brand');
  checkModelName({ headers });
  optionalFlag(headers, 'classic');
  optionalText(headers, 'store');
  optionalText(headers, 'display-name');
  requireTime(headers, 'timestamp');
}

export const checkModelName = ({ headers }: Pick<Assertion, 'headers'>): string =>
  requireMatch(headers, 'model', LOWER_NAME, 'a model name: lower-case letters, digits and single inner hyphens');
