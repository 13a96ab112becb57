import type { Assertion, HeaderMap } from '../assertion';
import { parseChannel } from '../channel';
import { isInstanceName, isSnapName, parseInteger } from '../scalars';
import { DEVICE_ID, isDeviceId } from './device-id';
import { breaks, optionalMapList, optionalTextList, requireCount, requireMatch, requireText } from './rules';

const STATE = /^(?:clustered|evacuated|removed)$/;

/** snapd asserts/cluster.go */
export function checkCluster({ headers }: Assertion): void {
  requireCount(headers, 'sequence');
  const ids = new Set<bigint>();
  optionalMapList(headers, 'devices').forEach((device, i) => {
    const at = `devices[${i}]`;
    const id = requireCount(device, 'id', at);
    requireMatch(device, 'device', isDeviceId, DEVICE_ID, at);
    optionalTextList(device, 'addresses', undefined, at);
    if (ids.has(id)) breaks(`${at}.id`, `is the id of another device of the list: ${id}`);
    ids.add(id);
  });
  const names = new Set<string>();
  optionalMapList(headers, 'subclusters').forEach((subcluster, i) => {
    const at = `subclusters[${i}]`;
    const name = checkSubcluster(subcluster, at, ids);
    if (names.has(name)) breaks(`${at}.name`, 'is the name of another subcluster of the list');
    names.add(name);
  });
}

function checkSubcluster(subcluster: HeaderMap, at: string, ids: ReadonlySet<bigint>): string {
  const name = requireText(subcluster, 'name', at);
  optionalTextList(subcluster, 'devices', undefined, at).forEach((text, i) => {
    const id = parseInteger(text);
    if (id === undefined || !ids.has(id))
      breaks(`${at}.devices[${i}]`, 'should be the id of one of "devices"');
  });
  optionalMapList(subcluster, 'snaps', at).forEach((snap, i) => {
    const path = `${at}.snaps[${i}]`;
    requireMatch(snap, 'state', STATE, '"clustered", "evacuated" or "removed"', path);
    const isName = (text: string) => isSnapName(text) || isInstanceName(text);
    requireMatch(snap, 'instance', isName, 'the name of a snap, or of an instance of one', path);
    requireMatch(snap, 'channel', (text) => parseChannel(text) !== undefined, 'a channel', path);
  });
  return name;
}
