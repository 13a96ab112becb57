import type { HeaderMap } from '../../assertion/assertion';
import type { Fix } from '../../errors';
import { parseChannel } from '../../snap/channel';
import { isSnapId, REFERENCE_SNAP_IDS, SNAP_TYPES, whyNotSnapName } from '../../snap/names';
import { trackOfBase } from '../bases';
import { checkComponents } from './components';
import { flagOf, mandatoryText, orList, plainText, quote, report, textOf, valueOf, type Checking } from './report';

const MODE = /^[a-z][-a-z]+$/;
export const ESSENTIAL_MODES = ['run', 'ephemeral'];

/** Essential: always there in every mode (snapd asserts/model.go isEssentialSnap). */
export const isEssential = (entry: HeaderMap, base: unknown): boolean => ['snapd', 'kernel', 'gadget'].includes(plainText(entry, 'type')) || (typeof base === 'string' && base !== '' && entry.name === base);

/** One entry of `snaps`, whatever stands beside it. snapd asserts/model.go checkModelSnap. */
export function checkSnapEntry(checking: Checking, entry: HeaderMap, path: string): void {
  const name = mandatoryText(checking, entry, 'name', 'Name the snap.', {}, `${path}.name`);
  const wrong = name === undefined ? undefined : whyNotSnapName(name);
  if (wrong) report(checking, `${path}.name`, 'snap-name', `The snap name ${quote(name!)} ${wrong}.`);
  checkId(checking, entry, path, name);
  checkType(checking, entry, path);
  const modes = checkModes(checking, entry, path);
  checkPresence(checking, entry, path);
  checkDefaultChannel(checking, entry, path);
  checkClassic(checking, entry, path, modes);
  checkComponents(checking, entry, path, modes);
}

const essential = ({ headers }: Checking, entry: HeaderMap): boolean => isEssential(entry, headers.base);

function checkId(checking: Checking, entry: HeaderMap, path: string, name: string | undefined): void {
  const at = `${path}.id`;
  const known = name === undefined ? undefined : (checking.context.snaps?.get(name)?.snapId ?? REFERENCE_SNAP_IDS.get(name));
  const fix: Fix | undefined = known ? { label: `Fill in the id of ${name}`, op: 'set', path: at, value: known } : undefined;
  const id = textOf(checking, entry, 'id', at);
  if (id !== undefined && !isSnapId(id)) report(checking, at, 'snap-id', `${id === '' ? 'An empty text' : quote(id)} is no snap id: an id is 32 letters and digits.`, { fix: fix ?? { label: 'Remove the id', op: 'remove', path: at } });
  if (id === undefined && valueOf(entry, 'id') === undefined && checking.grade !== 'dangerous') {
    report(checking, at, 'snap-id-missing', `Grade ${checking.grade ?? 'signed'} needs the id of every snap${name ? `; ${quote(name)} has none` : ''}. Choose the snap from the store, and the id is filled in.`, { fix });
  }
}

function checkType(checking: Checking, entry: HeaderMap, path: string): void {
  const at = `${path}.type`;
  const type = textOf(checking, entry, 'type', at);
  if (type && !(SNAP_TYPES as readonly string[]).includes(type)) report(checking, at, 'snap-type', `A snap's type is ${orList(SNAP_TYPES)}.`, type === 'os' ? { fix: { label: 'Use core', op: 'set', path: at, value: 'core' } } : {});
}

/** The modes that the snap is there in. */
function checkModes(checking: Checking, entry: HeaderMap, path: string): string[] {
  const at = `${path}.modes`;
  const value = valueOf(entry, 'modes');
  const fallback = essential(checking, entry) ? ESSENTIAL_MODES : ['run'];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return fallback;
  const fix: Fix = { label: 'Remove modes', op: 'remove', path: at };
  if (essential(checking, entry)) report(checking, at, 'essential-modes', `${quote(plainText(entry, 'name'))} is essential and there in every mode: it cannot name modes.`, { fix });
  const words = Array.isArray(value) ? value : [value];
  if (!Array.isArray(value) || words.some((word) => typeof word !== 'string' || !MODE.test(word))) {
    report(checking, at, 'snap-modes', 'modes is a list of words such as run and ephemeral, of lower-case letters and hyphens.', { fix });
    return fallback;
  }
  return essential(checking, entry) ? ESSENTIAL_MODES : (words as string[]);
}

function checkPresence(checking: Checking, entry: HeaderMap, path: string): void {
  const at = `${path}.presence`;
  const presence = textOf(checking, entry, 'presence', at);
  if (!presence) return;
  const fix: Fix = { label: 'Remove presence', op: 'remove', path: at };
  if (presence !== 'required' && presence !== 'optional') report(checking, at, 'snap-presence', 'presence is required or optional.', { fix });
  else if (essential(checking, entry)) report(checking, at, 'essential-presence', `${quote(plainText(entry, 'name'))} is essential and always there: it cannot say whether it is required.`, { fix });
}

function checkDefaultChannel(checking: Checking, entry: HeaderMap, path: string): void {
  const at = `${path}.default-channel`;
  const text = textOf(checking, entry, 'default-channel', at);
  if (!text) return;
  const channel = parseChannel(text);
  if (!channel) return report(checking, at, 'channel', `${quote(text)} is no channel: write track/risk such as 24/stable; risks are stable, candidate, beta and edge.`, { fix: { label: 'Use latest/stable', op: 'set', path: at, value: 'latest/stable' } });
  if (channel.track !== undefined) return;
  const followsBase = ['gadget', 'kernel'].includes(plainText(entry, 'type'));
  const value = `${(followsBase && trackOfBase(plainText(checking.headers, 'base'))) || 'latest'}/${text}`;
  report(checking, at, 'channel-track', `The channel ${quote(text)} does not name a track, and a model's channel must.`, { fix: { label: `Use ${value}`, op: 'set', path: at, value } });
}

function checkClassic(checking: Checking, entry: HeaderMap, path: string, modes: string[]): void {
  const at = `${path}.classic`;
  if (!flagOf(checking, entry, 'classic', at)) return;
  const fix: Fix = { label: 'Remove classic', op: 'remove', path: at };
  if (!checking.classic) report(checking, at, 'classic-in-core', 'Ubuntu Core takes no snaps of classic confinement.', { fix });
  if ((valueOf(entry, 'type') || 'app') !== 'app') report(checking, at, 'classic-not-app', 'Only an app can be a classic snap.', { fix });
  if (modes.length !== 1 || modes[0] !== 'run') report(checking, at, 'classic-modes', 'A classic snap is there in mode run and in no other.', { fix });
}
