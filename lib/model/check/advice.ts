import type { HeaderMap } from '../../assertion/assertion';
import type { Fix } from '../../errors';
import { parseChannel } from '../../snap/channel';
import { REFERENCE_SNAP_IDS, referenceSnapName } from '../../snap/names';
import { snapEntry, trackOfBase } from '../bases';
import { GRADE_IS_FOR_LIFE } from '../grades';
import { isMap, plainText, quote, report, valueOf, type Checking } from './report';

const HEADERS = [
  'type authority-id revision series brand-id model architecture base classic distribution display-name gadget grade kernel required-snaps snaps storage-safety store',
  'serial-authority system-user-authority preseed-authority validation-sets timestamp sign-key-sha3-384 body-length format core os class allowed-modes',
].flatMap((line) => line.split(' '));
const ENTRY_KEYS = ['name', 'id', 'type', 'presence', 'modes', 'default-channel', 'classic', 'components'];

/** What snapd takes in silence and a brand should know of. */
export function advise(checking: Checking): void {
  const entries = Array.isArray(checking.headers.snaps) ? checking.headers.snaps : [];
  adviseUnknownHeaders(checking);
  for (const [i, entry] of entries.entries()) {
    if (!isMap(entry)) continue;
    adviseUnknownKeys(checking, entry, `snaps[${i}]`);
    adviseSnap(checking, entry, `snaps[${i}]`);
  }
  if (checking.extended) adviseGrade(checking);
  if (checking.extended && !checking.classic) adviseImage(checking, entries.filter(isMap));
  if (valueOf(checking.headers, 'system-user-authority') === '*') {
    report(checking, 'system-user-authority', 'anyone-makes-users', 'Everybody with a store account may make users on these devices. Name the accounts that may.', { severity: 'warning', fix: { label: 'Only the brand', op: 'remove', path: 'system-user-authority' } });
  }
}

function adviseUnknownHeaders(checking: Checking): void {
  for (const name of Object.keys(checking.headers)) {
    if (HEADERS.includes(name)) continue;
    report(checking, name, 'header-unknown', `snapd ignores the header ${quote(name)}. It is signed as it stands.`, { severity: 'info' });
  }
}

/** `default_channel`, `channel` and `defaultChannel` mean default-channel. */
function meantKey(key: string): string | undefined {
  const plain = key.toLowerCase().replace(/[^a-z]/g, '');
  if (plain === 'channel' || plain === 'defaultchanel') return 'default-channel';
  if (plain === 'snapid') return 'id';
  return ENTRY_KEYS.find((known) => known.replace('-', '') === plain || `${known.replace('-', '')}s` === plain || known.replace('-', '') === `${plain}s`);
}

function adviseUnknownKeys(checking: Checking, entry: HeaderMap, path: string): void {
  for (const [key, value] of Object.entries(entry)) {
    if (ENTRY_KEYS.includes(key)) continue;
    const meant = meantKey(key);
    const { [key]: _, ...rest } = entry;
    const rename: Fix | undefined = meant && !(meant in entry) ? { label: `Rename it to ${meant}`, op: 'set', path, value: { ...rest, [meant]: value } } : undefined;
    const fix = rename ?? { label: `Remove ${key}`, op: 'set' as const, path, value: rest };
    report(checking, path, 'entry-key-unknown', `snapd ignores ${quote(key)} in an entry of snaps${meant ? `; ${meant} is what it knows` : ''}.`, { severity: 'warning', fix });
  }
}

function adviseSnap(checking: Checking, entry: HeaderMap, path: string): void {
  const { name, id, type } = entry;
  if (typeof name !== 'string') return;
  const known = REFERENCE_SNAP_IDS.get(name);
  const owner = typeof id === 'string' ? referenceSnapName(id) : undefined;
  if (typeof id === 'string' && (owner ?? name) !== name) {
    const fix: Fix = known ? { label: `Use the id of ${name}`, op: 'set', path: `${path}.id`, value: known } : { label: `Name it ${owner}`, op: 'set', path: `${path}.name`, value: owner };
    report(checking, `${path}.id`, 'id-of-another', `This is the id of ${owner}, not of ${name}.`, { severity: 'warning', fix });
  } else if (known && typeof id === 'string' && id !== '' && id !== known) {
    report(checking, `${path}.id`, 'id-differs', `${name} has another id in Canonical's store.`, { severity: 'warning', fix: { label: `Use the id of ${name}`, op: 'set', path: `${path}.id`, value: known } });
  }
  if (name === 'snapd' && type !== 'snapd') report(checking, `${path}.type`, 'snapd-type', 'The snap snapd has the type snapd.', { severity: 'warning', fix: { label: 'Use snapd', op: 'set', path: `${path}.type`, value: 'snapd' } });
  adviseTrack(checking, entry, path);
  if (entry.presence === 'optional') report(checking, `${path}.presence`, 'optional-left-out', `${name} is optional: it is in an image only when somebody asks for it.`, { severity: 'info' });
}

/** Canonical publishes gadget, kernel and console-conf of a generation in the track of its number. */
function adviseTrack(checking: Checking, entry: HeaderMap, path: string): void {
  const wanted = checking.classic ? undefined : trackOfBase(plainText(checking.headers, 'base'));
  if (!wanted || !['pc', 'pc-kernel', 'pi', 'pi-kernel', 'console-conf'].includes(plainText(entry, 'name'))) return;
  const channel = parseChannel(plainText(entry, 'default-channel') || 'latest/stable');
  const track = channel?.track ?? '';
  if (!channel || track === wanted || track.startsWith(`${wanted}-`)) return;
  const value = [wanted, channel.risk ?? 'stable', ...(channel.branch ? [channel.branch] : [])].join('/');
  report(checking, `${path}.default-channel`, 'track-differs', `${plainText(entry, 'name')} of track ${track || 'latest'} does not go with ${plainText(checking.headers, 'base')}; its track is ${wanted}.`, { severity: 'warning', fix: { label: `Use ${value}`, op: 'set', path: `${path}.default-channel`, value } });
}

function adviseGrade(checking: Checking): void {
  const { headers, grade } = checking;
  if (!valueOf(headers, 'grade')) report(checking, 'grade', 'grade-default', 'No grade is given, which is signed.', { severity: 'info', fix: { label: 'Write it down', op: 'set', path: 'grade', value: 'signed' } });
  if (grade === 'dangerous') report(checking, 'grade', 'grade-dangerous', `Grade dangerous is for trying out. ${GRADE_IS_FOR_LIFE}`, { severity: 'info' });
  if (grade === 'secured') report(checking, 'grade', 'grade-secured', `Grade secured installs only on devices with a TPM and Secure Boot. ${GRADE_IS_FOR_LIFE}`, { severity: 'info' });
}

function adviseImage(checking: Checking, entries: HeaderMap[]): void {
  const { headers } = checking;
  const listed = (name: string) => entries.some((entry) => entry.name === name);
  if (!entries.some((entry) => entry.type === 'snapd') && !listed('snapd')) {
    report(checking, 'snaps', 'snapd-implied', 'snapd is not listed: it is taken from latest/stable. List it to choose its channel.', { severity: 'info', fix: { label: 'Add snapd', op: 'append', path: 'snaps', value: snapEntry('snapd', 'snapd', 'latest/stable') } });
  }
  // Until core22 console-conf is part of the base; since core24 it is a snap of its own.
  const track = trackOfBase(plainText(headers, 'base'));
  const asksFirst = track !== undefined && (Number(track) < 24 || listed('console-conf'));
  if (!asksFirst) {
    report(checking, 'snaps', 'nobody-logs-in', 'Nobody can log in to a device of this model unless the brand makes a user for it (a system-user assertion) or a snap does. The snap console-conf asks at first boot.', { severity: 'info' });
  }
}
