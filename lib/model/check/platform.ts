import { whyNotSnapName } from '../../snap/names';
import { GRADES, STORAGE_SAFETIES } from '../grades';
import { checkArchitecture } from './identity';
import { mandatoryText, orList, quote, report, textOf, valueOf, type Checking } from './report';

/** architecture, base, grade, storage-safety. snapd asserts/model.go assembleModel. */
export function checkPlatform(checking: Checking): void {
  const { headers, extended, classic } = checking;
  const loose = classic && !extended;
  checkArchitecture(checking, loose ? textOf(checking, headers, 'architecture') : mandatoryText(checking, headers, 'architecture', 'Say for which architecture the model is.'));
  const base = extended ? mandatoryText(checking, headers, 'base', 'Choose the base that devices boot, such as core24.') : textOf(checking, headers, 'base');
  const wrong = base ? whyNotSnapName(base) : undefined;
  if (wrong) report(checking, 'base', 'snap-name', `The base ${quote(base!)} ${wrong}.`);
  if (extended) checkGrade(checking);
}

function checkGrade(checking: Checking): void {
  const { headers } = checking;
  const grade = textOf(checking, headers, 'grade');
  if (grade && !(GRADES as readonly string[]).includes(grade)) report(checking, 'grade', 'grade', `A grade is ${orList(GRADES)}.`, { fix: { label: 'Use signed', op: 'set', path: 'grade', value: 'signed' } });
  const path = 'storage-safety';
  const safety = textOf(checking, headers, path);
  if (safety && !(STORAGE_SAFETIES as readonly string[]).includes(safety)) {
    report(checking, path, 'storage-safety', `storage-safety is ${orList(STORAGE_SAFETIES)}.`, { fix: { label: 'Remove storage-safety', op: 'remove', path } });
  } else if (safety && safety !== 'encrypted' && valueOf(headers, 'grade') === 'secured') {
    report(checking, path, 'secured-unencrypted', 'Grade secured always encrypts: storage-safety can only be encrypted.', { fix: { label: 'Use encrypted', op: 'set', path, value: 'encrypted' } });
  }
}
