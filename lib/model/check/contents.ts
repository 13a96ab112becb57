import type { HeaderMap } from '../../assertion/assertion';
import { fullChannel } from '../../snap/channel';
import { unmetAssumes } from '../../snap/assumes';
import { snapEntry } from '../bases';
import { isMap, plainText, report, type ChannelFacts, type Checking } from './report';

/** The snaps of a model, each with what its channel has. */
const listedSnaps = ({ headers }: Checking): HeaderMap[] =>
  Array.isArray(headers.snaps) ? headers.snaps.filter(isMap) : [];

/** What the store has of an entry of `snaps` for the model's architecture, where that is known. */
export function channelFacts({ headers, context }: Checking, entry: HeaderMap): ChannelFacts | undefined {
  const wanted = fullChannel(plainText(entry, 'default-channel') || 'latest/stable');
  const architecture = plainText(headers, 'architecture');
  const channels = context.snaps?.get(plainText(entry, 'name'))?.channels ?? [];
  return channels.find((c) => isFor(c, architecture) && fullChannel(c.channel) === wanted);
}

export const isFor = (channel: ChannelFacts, architecture: string): boolean =>
  channel.architecture === architecture || channel.architecture === 'all';

/** Content plugs ask for a provider, and nothing adds it by itself (snapd snap/validate.go). */
export function checkProviders(
  checking: Checking,
  entry: HeaderMap,
  facts: ChannelFacts,
  path: string,
): void {
  const name = plainText(entry, 'name');
  const listed = listedSnaps(checking);
  for (const { content, from } of facts.takes ?? []) {
    const offering = listed.filter((snap) => channelFacts(checking, snap)?.offers?.includes(content));
    if (offering.length > 0) continue;
    const provider = listed.find((snap) => snap.name === from);
    if (provider === undefined) missingProvider(checking, name, from, path);
    else if (channelFacts(checking, provider)?.offers !== undefined) {
      const message =
        `${name} takes content “${content}” from ${from}, which the model lists and which does not offer it ` +
        'in this channel. Unless another snap of the model has it, no image is built.';
      report(checking, path, 'provider-without-slot', message, { severity: 'warning' });
    }
  }
}

function missingProvider(checking: Checking, name: string, provider: string, path: string): void {
  const id = checking.context.snaps?.get(provider)?.snapId;
  const entry = snapEntry(provider, 'app', 'latest/stable');
  const message =
    `${name} takes content from the snap ${provider}, which the model does not list. ` +
    'Unless another snap of the model has it, no image is built.';
  const fix = {
    label: `Add ${provider}`,
    op: 'append',
    path: 'snaps',
    value: id ? { ...entry, id } : entry,
  } as const;
  report(checking, path, 'provider-missing', message, { severity: 'warning', fix });
}

/** Where snapd's own version is not known, only what no snapd has is told. */
export function checkAssumes(
  checking: Checking,
  entry: HeaderMap,
  { assumes = [] }: ChannelFacts,
  path: string,
): void {
  const snapd = listedSnaps(checking).find(({ name }) => name === 'snapd');
  const version = snapd && channelFacts(checking, snapd)?.version;
  const architecture = plainText(checking.headers, 'architecture');
  const unmet = unmetAssumes(assumes, { snapdVersion: version ?? 'unknown', architecture });
  if (unmet.length === 0) return;
  const whose =
    version === undefined ? 'which no snapd has' : `which snapd ${version} of this model does not have`;
  const message =
    `${plainText(entry, 'name')} assumes ${unmet.join(', ')}, ${whose}: devices refuse the snap, and their ` +
    'first start never finishes.';
  report(checking, path, 'assumes-unmet', message, { severity: 'warning' });
}
