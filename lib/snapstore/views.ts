import type { SnapChannel, SnapView } from '../api/snaps';
import { AppError } from '../errors';
import { plain } from './body';
import type { FindAnswer, InfoAnswer } from './answers';
import { parseSnapYaml } from '../snap/snap-yaml';
import { TryAgain } from './retry';

/** Characters that a store's search does not take (snapd store/store.go, badQueryChars). */
const UNSEARCHABLE = /[+=&|><!(){}[\]^"~*?:\\/\p{Cc}]/u;

/** Throws AppError `invalid` with a problem at `q`. */
export function assertSearchable(words: string): void {
  const bad = UNSEARCHABLE.exec(words)?.[0];
  if (bad === undefined) return;
  const message = /\p{Cc}/u.test(bad) ? 'A search cannot have control characters. Take them out.' : `A search cannot have the character ${bad} in it. Take it out.`;
  throw new AppError('invalid', message, { problems: [{ path: 'q', code: 'search-character', message }] });
}

/** A channel map without entries counts as not found (snapd store/store.go, SnapInfo). Throws TryAgain when the answer is about another snap. */
export function toSnapView(answer: InfoAnswer, name: string): SnapView | undefined {
  if (answer.name !== name) throw new TryAgain(`the store answered about ${answer.name} when asked about ${name}`);
  const map = answer['channel-map'];
  const shown = map.find(({ channel }) => channel.track === 'latest' && channel.risk === 'stable') ?? map[0];
  if (!shown) return undefined;
  const { username, displayName, validation } = answer.snap.publisher;
  const saidOf = remembering(readSaid);
  return {
    name,
    snapId: answer['snap-id'],
    title: plain(answer.snap.title, 300) || name,
    summary: plain(answer.snap.summary, 300),
    type: shown.type,
    base: shown.base,
    publisher: { username, displayName: plain(displayName, 200), validation },
    channels: map.map(({ channel, revision, version, base, download, 'snap-yaml': yaml }) => ({
      channel: channelName(channel),
      architecture: channel.architecture,
      revision,
      version: plain(version, 100),
      sizeBytes: download.size,
      base,
      ...saidOf(yaml ?? ''),
    })),
  };
}

/** A revision is often in many channels. */
function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? read(text);
    known.set(text, found);
    return found;
  };
}

type Said = Pick<SnapChannel, 'takes' | 'offers' | 'assumes'>;

/** Nothing where the snap.yaml cannot be read: the store took it, and a build will say so. */
function readSaid(yaml: string): Said {
  const nothing: Said = { takes: [], offers: [], assumes: [] };
  if (!/content|assumes/.test(yaml)) return nothing;
  try {
    const { contentPlugs, contentSlots, assumes } = parseSnapYaml(yaml);
    return {
      takes: contentPlugs.flatMap(({ content, defaultProvider: from }) =>
        from === undefined ? [] : [{ content, from }],
      ),
      offers: [...new Set(contentSlots.map(({ content }) => content))],
      assumes,
    };
  } catch (error) {
    if (error instanceof AppError) return nothing;
    throw error;
  }
}

/** The map tells track and risk apart; a branch stands only in the channel's name. */
function channelName({ name, track, risk }: InfoAnswer['channel-map'][number]['channel']): string {
  const branch = name?.split('/').at(-1);
  return branch !== undefined && branch !== risk && branch !== track && name?.includes('/') ? `${track}/${risk}/${branch}` : `${track}/${risk}`;
}

export function toSearchView({ name, snap, revision, ...rest }: FindAnswer['results'][number]): SnapView {
  const publisher = revision.publisher ?? snap.publisher;
  return {
    name,
    snapId: rest['snap-id'],
    title: plain(revision.title ?? snap.title ?? '', 300) || name,
    summary: plain(revision.summary ?? snap.summary ?? '', 300),
    type: revision.type,
    base: revision.base,
    publisher: { username: publisher?.username ?? '', displayName: plain(publisher?.displayName ?? '', 200), validation: publisher?.validation ?? 'unproven' },
    channels: [],
  };
}
