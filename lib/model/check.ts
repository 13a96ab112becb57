import type { Headers } from '../assertion/assertion';
import type { Problem } from '../errors';
import { advise } from './check/advice';
import { adviseClock } from './check/clock';
import { checkDialect, checkReserved } from './check/dialect';
import { checkEncoding } from './check/encoding';
import { checkIdentity } from './check/identity';
import { adviseKeyDates } from './check/key-dates';
import { checkLegacySnaps } from './check/legacy';
import { checkPlatform } from './check/platform';
import { flagOf, report, type CheckContext, type Checking } from './check/report';
import { checkSnaps } from './check/snaps';
import { checkAgainstStore } from './check/store';
import { checkTrust } from './check/trust';
import { draftToHeaders, type DraftHeaders } from './draft';
import { isGrade } from './grades';

export type { KeyDates } from './check/key-dates';
export type { CheckContext, SnapFacts } from './check/report';

/**
 * Everything that is wrong with a model, and what its brand should know of it; all at once. A model with problems of severity `error`
 * is one that snapd refuses (asserts/model.go); the others it takes, or finds out about when an image is built.
 */
export function checkModel(headers: Headers, context: CheckContext = {}): Problem[] {
  const checking = startChecking(headers, context);
  if (headers.type !== 'model') report(checking, 'type', 'type-not-model', 'This assertion is not a model.');
  checkEncoding(checking);
  checkRules(checking);
  checkReserved(checking);
  advise(checking);
  adviseKeyDates(checking);
  adviseClock(checking);
  checkAgainstStore(checking);
  return checking.problems;
}

/** Calls `refuse`, which throws, at the first thing that snapd refuses in a model, its encoding aside (snapd asserts/model.go assembleModel). */
export const assertModelRules = (headers: Headers, refuse: (problem: Problem) => never): void => checkRules({ ...startChecking(headers, {}), refuse });

function startChecking(headers: Headers, context: CheckContext): Checking {
  const extended = isExtended(headers);
  // An unknown grade is reported once; what depends on it is judged as the default, signed.
  const grade = extended ? (isGrade(headers.grade) ? headers.grade : 'signed') : undefined;
  return { headers, context, extended, classic: headers.classic === 'true', grade, problems: [] };
}

function checkRules(checking: Checking): void {
  checkIdentity(checking);
  flagOf(checking, checking.headers, 'classic');
  checkDialect(checking);
  checkPlatform(checking);
  if (checking.extended) checkSnaps(checking);
  else checkLegacySnaps(checking);
  checkTrust(checking);
}

/** The same for a draft of a brand: what is set at signing is not missed. */
export const checkDraft = (draft: DraftHeaders, { brandId, ...context }: CheckContext & { brandId: string }): Problem[] => checkModel(draftToHeaders(draft, { brandId }), { ...context, draft: true });

/**
 * Whether it is written in the dialect of `snaps`. Where that header is missing, what its author meant shows in the headers beside it:
 * snapd refuses a grade without snaps, and the problems are told in the terms of the dialect that has grades.
 */
export function isExtended(headers: Headers): boolean {
  if (Object.hasOwn(headers, 'snaps')) return true;
  const old = ['kernel', 'gadget', 'required-snaps'].some((name) => Object.hasOwn(headers, name));
  return !old && headers.classic !== 'true' && (Object.hasOwn(headers, 'grade') || Object.hasOwn(headers, 'storage-safety'));
}
