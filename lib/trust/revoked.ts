import type { Assertion } from '../assertion/assertion';
import { describeRef, shown } from './broken';
import { validityOf } from './validity';

/**
 * What an assertion takes back, as a sentence; undefined when nothing. snapd's database takes these like any other, and it is who uses them that has to heed them:
 * a key that is valid for no moment, a snap without a name, an approval that is withdrawn (snapd asserts/account_key.go, snap_asserts.go).
 */
export function revokes(assertion: Assertion): string | undefined {
  const { type, headers } = assertion;
  if (type === 'account-key') {
    const { since, until } = validityOf(assertion);
    return until !== undefined && until <= since ? `It revokes the key ${shown(assertion.primaryKey[0])} of ${shown(headers['account-id'])}: nothing that it signed holds.` : undefined;
  }
  if (type === 'snap-declaration' && headers['snap-name'] === '') return `It revokes the snap ${shown(headers['snap-id'])}: its name has been taken back, and no image may hold it.`;
  if (type === 'validation' && headers['revoked'] === 'true') return `It revokes the approval of revision ${shown(headers['approved-snap-revision'])} of the snap ${shown(headers['approved-snap-id'])}.`;
  if (type === 'snap-developer' && headers['developers'] === undefined) return `It leaves the snap ${shown(headers['snap-id'])} without any developer (${describeRef(assertion)}).`;
  return undefined;
}
