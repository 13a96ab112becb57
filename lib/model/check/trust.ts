import type { HeaderMap } from '../../assertion/assertion';
import { LOWER_NAME, parseInteger, parseTime } from '../../assertion/scalars';
import { isAccountId } from '../../snap/names';
import { isMap, mandatoryText, plainText, quote, report, textOf, valueOf, type Checking } from './report';

/** Who may speak for devices of the model, which validation sets hold, and since when. snapd asserts/model.go. */
export function checkTrust(checking: Checking): void {
  checkAuthorities(checking);
  checkValidationSets(checking);
  checkTimestamp(checking);
  const revision = valueOf(checking.headers, 'revision');
  if (revision !== undefined && !(typeof revision === 'string' && (parseInteger(revision) ?? -1n) >= 0n)) report(checking, 'revision', 'revision', 'revision is a whole number from 0.');
}

function checkAuthorities(checking: Checking): void {
  for (const path of ['serial-authority', 'system-user-authority', 'preseed-authority']) {
    const value = valueOf(checking.headers, path);
    const anyone = path === 'system-user-authority';
    if (value === undefined || (anyone && value === '*')) continue;
    if (Array.isArray(value)) {
      for (const [i, id] of value.entries()) {
        const at = `${path}[${i}]`;
        if (typeof id !== 'string' || !isAccountId(id)) report(checking, at, 'account-id', `${typeof id === 'string' ? quote(id) : 'This'} is no account id: an id is 32 letters and digits, or a short name such as canonical.`, { fix: { label: 'Remove it', op: 'remove', path: at } });
      }
      continue;
    }
    const fix = typeof value === 'string' && isAccountId(value) ? { label: 'Make it a list', op: 'set' as const, path, value: [value] } : { label: `Remove ${path}`, op: 'remove' as const, path };
    report(checking, path, 'authority-list', `${path} is ${anyone ? '* or ' : ''}a list of account ids.`, { fix });
  }
}

function checkTimestamp(checking: Checking): void {
  const timestamp = valueOf(checking.headers, 'timestamp');
  if (timestamp === undefined && checking.context.draft) return;
  if (typeof timestamp !== 'string' || timestamp === '') report(checking, 'timestamp', 'missing', 'timestamp is missing: a model says since when it holds.');
  else if (parseTime(timestamp) === undefined) report(checking, 'timestamp', 'timestamp', `${quote(timestamp)} is no time such as 2026-01-31T12:00:00Z.`);
}

function checkValidationSets(checking: Checking): void {
  const path = 'validation-sets';
  const sets = valueOf(checking.headers, path);
  if (sets === undefined) return;
  if (!Array.isArray(sets)) return report(checking, path, 'validation-sets', 'validation-sets is a list of maps.');
  const seen = new Set<string>();
  for (const [i, set] of sets.entries()) {
    const at = `${path}[${i}]`;
    if (!isMap(set)) {
      report(checking, at, 'validation-sets', 'Every entry of validation-sets is a map with at least name and mode.', { fix: { label: 'Remove this entry', op: 'remove', path: at } });
      continue;
    }
    const key = checkValidationSet(checking, set, at);
    if (key !== undefined && seen.has(key)) report(checking, at, 'validation-set-repeated', `The validation set ${quote(key)} is listed twice.`, { fix: { label: 'Remove this entry', op: 'remove', path: at } });
    if (key !== undefined) seen.add(key);
  }
}

/** `account/name` of the set. */
function checkValidationSet(checking: Checking, set: HeaderMap, path: string): string {
  const name = mandatoryText(checking, set, 'name', 'Name the validation set.', {}, `${path}.name`);
  if (name !== undefined && !LOWER_NAME.test(name)) report(checking, `${path}.name`, 'validation-set-name', `${quote(name)} is no validation set's name: use lower-case letters, digits and single hyphens.`);
  const account = textOf(checking, set, 'account-id', `${path}.account-id`) || plainText(checking.headers, 'brand-id');
  const sequence = valueOf(set, 'sequence');
  if (sequence !== undefined && !(typeof sequence === 'string' && (parseInteger(sequence) ?? 0n) >= 1n)) {
    report(checking, `${path}.sequence`, 'validation-set-sequence', 'sequence is a whole number from 1; without it the newest holds.', { fix: { label: 'Follow the newest', op: 'remove', path: `${path}.sequence` } });
  }
  const fix = { label: 'Use enforce', op: 'set' as const, path: `${path}.mode`, value: 'enforce' };
  const mode = mandatoryText(checking, set, 'mode', 'Say whether the validation set is enforced: mode is enforce or prefer-enforce.', { fix }, `${path}.mode`);
  if (mode !== undefined && mode !== 'enforce' && mode !== 'prefer-enforce') report(checking, `${path}.mode`, 'validation-set-mode', 'mode is enforce or prefer-enforce.', { fix });
  return `${account}/${name ?? ''}`;
}
