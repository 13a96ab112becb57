import type { Assertion, HeaderMap } from '../assertion';
import { isSnapName, LOWER_NAME, SNAP_ID } from '../scalars';
import { checkModelName } from './model';
import { breaks, optionalCount, optionalMapList, requireDigest, requireMatch, requireTime } from './rules';

/** snapd asserts/preseed.go */
export function checkPreseed(assertion: Assertion): void {
  const { headers } = assertion;
  checkModelName(assertion);
  const label = 'a system label: lower-case letters, digits and single inner hyphens';
  requireMatch(headers, 'system-label', LOWER_NAME, label);
  requireDigest(headers, 'artifact-sha3-384');
  requireTime(headers, 'timestamp');
  if (headers['snaps'] === undefined) breaks('snaps', 'is missing');
  const names = new Set<string>();
  const ids = new Set<string>();
  optionalMapList(headers, 'snaps').forEach((snap, i) => {
    const at = `snaps[${i}]`;
    const { name, id } = checkSnap(snap, at);
    if (names.has(name)) breaks(`${at}.name`, `names ${name} a second time`);
    if (id !== undefined && ids.has(id)) breaks(`${at}.id`, 'is the id of another snap of the list');
    names.add(name);
    if (id !== undefined) ids.add(id);
  });
}

function checkSnap(snap: HeaderMap, at: string): { name: string; id: string | undefined } {
  const name = requireMatch(snap, 'name', isSnapName, 'a snap name', at);
  const id = snap['id'] === undefined ? undefined : requireMatch(snap, 'id', SNAP_ID, 'a snap id', at);
  const revision = optionalCount(snap, 'revision', at);
  if ((id === undefined) !== (revision === undefined)) {
    breaks(at, 'should have both "id" and "revision", or neither');
  }
  const components = new Set<string>();
  optionalMapList(snap, 'components', at).forEach((component, i) => {
    const path = `${at}.components[${i}]`;
    const own = checkComponent(component, path, revision !== undefined);
    if (components.has(own)) breaks(`${path}.name`, `names the component ${own} of ${name} a second time`);
    components.add(own);
  });
  return { name, id };
}

function checkComponent(component: HeaderMap, at: string, hasRevision: boolean): string {
  const name = requireMatch(component, 'name', isSnapName, 'a component name', at);
  const revision = optionalCount(component, 'revision', at);
  if (hasRevision && revision === undefined) {
    breaks(`${at}.revision`, `of the component ${name} is missing, and its snap has one`);
  }
  if (!hasRevision && revision !== undefined) {
    breaks(`${at}.revision`, `of the component ${name} cannot be given, for its snap has none`);
  }
  return name;
}
