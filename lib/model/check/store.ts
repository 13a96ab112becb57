import type { HeaderMap } from '../../assertion/assertion';
import type { Fix } from '../../errors';
import { fullChannel } from '../../snap/channel';
import { snapEntry } from '../bases';
import { channelFacts, checkAssumes, checkProviders, isFor } from './contents';
import { isMap, plainText, quote, report, type Checking, type SnapFacts } from './report';

const warning = 'warning' as const;

/** What the store knows of the listed snaps, so that a build is not the first to find out. snapd seed/seedwriter/writer.go. */
export function checkAgainstStore(checking: Checking): void {
  const { context, headers } = checking;
  if (!context.snaps || !Array.isArray(headers.snaps)) return;
  const architecture = plainText(headers, 'architecture');
  for (const [i, entry] of headers.snaps.entries()) {
    if (!isMap(entry) || typeof entry.name !== 'string') continue;
    const facts = context.snaps.get(entry.name);
    if (facts) checkEntry(checking, entry, facts, `snaps[${i}]`);
    else if (facts === null) report(checking, `snaps[${i}].name`, 'snap-unknown', `The store has no snap ${quote(entry.name)}${architecture ? ` for ${architecture}` : ''}.`, { severity: warning });
  }
}

function checkEntry(checking: Checking, entry: HeaderMap, facts: SnapFacts, path: string): void {
  const name = plainText(entry, 'name');
  if (entry.id !== undefined && entry.id !== facts.snapId) report(checking, `${path}.id`, 'id-not-the-stores', `The store knows ${name} by another id.`, { severity: warning, fix: { label: "Use the store's id", op: 'set', path: `${path}.id`, value: facts.snapId } });
  const type = entry.type || 'app';
  if (type !== facts.type) report(checking, `${path}.type`, 'type-not-the-stores', `The store says that ${name} is of type ${facts.type}.`, { severity: warning, fix: { label: `Use ${facts.type}`, op: 'set', path: `${path}.type`, value: facts.type } });
  checkChannel(checking, entry, facts, path);
}

function checkChannel(checking: Checking, entry: HeaderMap, facts: SnapFacts, path: string): void {
  const name = plainText(entry, 'name');
  const architecture = plainText(checking.headers, 'architecture');
  const wanted = fullChannel(plainText(entry, 'default-channel') || 'latest/stable');
  if (!wanted || facts.channels.length === 0) return;
  const fitting = facts.channels.filter((channel) => isFor(channel, architecture));
  if (fitting.length === 0) return report(checking, path, 'snap-architecture', `${name} is not published for ${architecture}.`, { severity: warning });
  const found = channelFacts(checking, entry);
  if (found) {
    checkBase(checking, entry, found.base, path);
    checkProviders(checking, entry, found, path);
    return checkAssumes(checking, entry, found, path);
  }
  const track = wanted.split('/')[0];
  const value = (fitting.find((c) => c.channel.startsWith(`${track}/`)) ?? fitting[0])!.channel;
  report(checking, `${path}.default-channel`, 'channel-closed', `${name} has nothing in ${wanted} for ${architecture}.`, { severity: warning, fix: { label: `Use ${value}`, op: 'set', path: `${path}.default-channel`, value } });
}

/** A snap's base must be in the model, and the gadget's be the model's own. Nothing adds it by itself. */
function checkBase(checking: Checking, entry: HeaderMap, base: string | null, path: string): void {
  const { headers, context } = checking;
  const type = entry.type || 'app';
  if (type === 'gadget' && !checking.classic && base !== null && base !== headers.base) {
    return report(checking, path, 'gadget-base', `The gadget ${plainText(entry, 'name')} is made for ${base}, the model for ${plainText(headers, 'base')}: choose the track of the gadget that fits.`, { severity: warning });
  }
  if (type !== 'app' && type !== 'gadget') return;
  const needed = base ?? 'core';
  const listed = (headers.snaps as HeaderMap[]).some((snap) => isMap(snap) && snap.name === needed);
  if (needed === 'none' || needed === headers.base || listed) return;
  const entryOfBase = snapEntry(needed, needed === 'core' ? 'core' : 'base', 'latest/stable');
  const id = entryOfBase.id ?? context.snaps?.get(needed)?.snapId;
  const fix: Fix = { label: `Add ${needed}`, op: 'append', path: 'snaps', value: id ? { ...entryOfBase, id } : entryOfBase };
  report(checking, path, 'base-missing', `${plainText(entry, 'name')} needs its base ${needed}, which the model does not list. An image is not built without it.`, { severity: warning, fix });
}
