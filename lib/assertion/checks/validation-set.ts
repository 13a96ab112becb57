import type { Assertion, HeaderMap } from '../assertion';
import { isSnapName, LOWER_NAME, SNAP_ID } from '../scalars';
import { asMap, breaks, optionalCount, optionalMap, optionalMapList, optionalText, requireCount, requireMatch, requireTime } from './rules';

const PRESENCE = ['required', 'optional', 'invalid'];

/** snapd asserts/validation_set.go */
export function checkValidationSet({ headers, authorityId }: Assertion): void {
  if (headers['account-id'] !== authorityId) breaks('authority-id', 'should be the same as "account-id": a validation set is signed by its account');
  requireMatch(headers, 'name', LOWER_NAME, 'a name: lower-case letters, digits and single inner hyphens');
  requireCount(headers, 'sequence');
  if (headers['snaps'] === undefined) breaks('snaps', 'is missing');
  const names = new Set<string>();
  const ids = new Map<string, string>();
  optionalMapList(headers, 'snaps').forEach((snap, i) => {
    const at = `snaps[${i}]`;
    const { name, id } = checkSnap(snap, at);
    if (names.has(name)) breaks(`${at}.name`, `names ${name} a second time`);
    if (ids.has(id)) breaks(`${at}.id`, `is the id of ${ids.get(id)} already`);
    names.add(name);
    ids.set(id, name);
  });
  requireTime(headers, 'timestamp');
}

function checkSnap(snap: HeaderMap, at: string): { name: string; id: string } {
  const name = requireMatch(snap, 'name', isSnapName, 'a snap name', at);
  const id = requireMatch(snap, 'id', SNAP_ID, 'a snap id', at);
  const presence = readPresence(snap, at);
  const revision = optionalCount(snap, 'revision', at);
  if (revision !== undefined && presence === 'invalid') breaks(`${at}.revision`, 'cannot stand beside the presence "invalid"');
  for (const [component, value] of Object.entries(optionalMap(snap, 'components', at) ?? {})) {
    const path = `${at}.components.${component}`;
    if (!isSnapName(component)) breaks(path, 'is no name for a component');
    checkComponent(typeof value === 'string' ? { presence: value } : asMap(value, path), path, revision !== undefined);
  }
  return { name, id };
}

function checkComponent(component: HeaderMap, at: string, snapHasRevision: boolean): void {
  if (component['presence'] === undefined) breaks(`${at}.presence`, 'is missing');
  const presence = readPresence(component, at);
  const revision = optionalCount(component, 'revision', at);
  if (revision !== undefined && presence === 'invalid') breaks(`${at}.revision`, 'cannot stand beside the presence "invalid"');
  if (snapHasRevision && revision === undefined && presence !== 'invalid') breaks(at, 'needs a "revision", for its snap has one');
  if (!snapHasRevision && revision !== undefined) breaks(`${at}.revision`, 'cannot be given, for its snap has none');
}

/** The empty text counts as none said (snapd asserts/validation_set.go). */
function readPresence(map: HeaderMap, at: string): string {
  const presence = optionalText(map, 'presence', at);
  if (presence !== '' && !PRESENCE.includes(presence)) breaks(`${at}.presence`, 'should be "required", "optional" or "invalid"');
  return presence;
}
