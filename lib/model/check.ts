import type { Headers } from '../assertion/assertion';
import type { Problem } from '../errors';
import { advise } from './check/advice';
import { checkDialect, checkReserved } from './check/dialect';
import { checkEncoding } from './check/encoding';
import { checkIdentity } from './check/identity';
import { checkLegacySnaps } from './check/legacy';
import { checkPlatform } from './check/platform';
import { flagOf, report, valueOf, type CheckContext, type Checking } from './check/report';
import { checkSnaps } from './check/snaps';
import { checkAgainstStore } from './check/store';
import { checkTrust } from './check/trust';
import { draftToHeaders, type DraftHeaders } from './draft';
import { isGrade } from './grades';

export type { CheckContext, SnapFacts } from './check/report';

/**
 * Everything that is wrong with a model, and what its brand should know of it; all at once. A model with problems of severity `error`
 * is one that snapd refuses (asserts/model.go); the others it takes, or finds out about when an image is built.
 */
export function checkModel(headers: Headers, context: CheckContext = {}): Problem[] {
  const checking: Checking = { headers, context, extended: isExtended(headers), classic: headers.classic === 'true', grade: undefined, problems: [] };
  const grade = headers.grade;
  // An unknown grade is reported once; what depends on it is judged as the default, signed.
  checking.grade = checking.extended ? (isGrade(grade) ? grade : 'signed') : undefined;
  if (headers.type !== 'model') report(checking, 'type', 'type-not-model', 'This assertion is not a model.');
  checkEncoding(checking);
  checkIdentity(checking);
  flagOf(checking, headers, 'classic');
  checkDialect(checking);
  checkReserved(checking);
  checkPlatform(checking);
  if (checking.extended) checkSnaps(checking);
  else checkLegacySnaps(checking);
  checkTrust(checking);
  advise(checking);
  checkAgainstStore(checking);
  return checking.problems;
}

/** The same for a draft of a brand: what is set at signing is not missed. */
export const checkDraft = (draft: DraftHeaders, { brandId, ...context }: CheckContext & { brandId: string }): Problem[] => checkModel(draftToHeaders(draft, { brandId }), { ...context, draft: true });

/**
 * Whether it is written in the dialect of `snaps`. An empty list is not written into the assertion, so for snapd such a model is of the
 * old dialect and refused; what its author meant shows in the headers beside it, and the problems are told in its terms.
 */
export function isExtended(headers: Headers): boolean {
  if (valueOf(headers, 'snaps') !== undefined) return true;
  const old = ['kernel', 'gadget', 'required-snaps'].some((name) => valueOf(headers, name) !== undefined);
  if (old || headers.classic === 'true') return false;
  return Object.hasOwn(headers, 'snaps') || valueOf(headers, 'grade') !== undefined || valueOf(headers, 'storage-safety') !== undefined;
}
