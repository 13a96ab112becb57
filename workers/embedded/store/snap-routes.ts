import { isFor } from './catalog';
import type { Catalog, StockedRevision, StockedSnap } from './catalog';
import { jsonReply, Refusal } from './reply';
import type { Ask, Reply } from './reply';
import type { Shelf } from './shelf';

/** The publisher's part of an answer, as its account assertion has it. */
export async function describePublisher(shelf: Shelf, id: string) {
  const headers = (await shelf.get('account', [id]))?.headers;
  const text = (name: string) => String(headers?.[name] ?? '');
  return { id, username: text('username') || id, 'display-name': text('display-name') || id, validation: text('validation') || 'unproven' };
}

/** A path below the store's own address. */
export const downloadPath = (snap: StockedSnap, { revision }: StockedRevision) => `download/${snap.snapId}_${revision}.snap`;

export const describeDownload = (snap: StockedSnap, revision: StockedRevision, url: string) => ({
  'sha3-384': revision.sha3_384,
  size: revision.sizeBytes,
  url: new URL(downloadPath(snap, revision), url).href,
  deltas: [],
});

/** Named by snap, component and revision; the file is found by its digest. */
export const describeComponents = (snap: StockedSnap, { components }: StockedRevision, url: string) =>
  components.map(({ name, type, version, revision, sha3_384, sizeBytes }) => ({ name, type: `component/${type}`, version, revision, download: { 'sha3-384': sha3_384, size: sizeBytes, url: new URL(`download/${snap.snapId}+${name}_${revision}.comp`, url).href } }));

function splitChannel(channel: string) {
  const [track, risk, branch] = channel.split('/');
  return { track, risk, name: [track === 'latest' ? undefined : track, risk, branch].filter((part) => part !== undefined).join('/') };
}

/** GET /v2/snaps/info/<name>: every release for the architecture. */
export async function getInfo(catalog: Catalog, shelf: Shelf, url: string, ask: Ask, name: string): Promise<Reply> {
  const snap = await catalog.get(name);
  if (!snap) throw new Refusal(404, 'resource-not-found', `There is no snap named ${name}.`);
  const architecture = ask.url.searchParams.get('architecture');
  const map = snap.releases.flatMap((release) => {
    const revision = snap.revisions.find((one) => one.revision === release.revision);
    if (!revision || (architecture !== null && !isFor(architecture, [release.architecture]))) return [];
    const { version, type, base, confinement, createdAt } = revision;
    return [
      {
        architectures: revision.architectures,
        base,
        channel: { architecture: release.architecture, ...splitChannel(release.channel), 'released-at': release.releasedAt },
        confinement,
        'created-at': createdAt,
        download: describeDownload(snap, revision, url),
        epoch: { read: [0], write: [0] },
        revision: revision.revision,
        type,
        version,
      },
    ];
  });
  const { title, summary, snapId } = snap;
  return jsonReply(200, { 'channel-map': map, name, 'snap-id': snapId, snap: { name, 'snap-id': snapId, title, summary, publisher: await describePublisher(shelf, snap.publisherId) } });
}

/** GET /v2/snaps/find: `q` looks for every word, `name` for the name's beginning; without either, all there is. */
export async function findSnaps(catalog: Catalog, shelf: Shelf, ask: Ask): Promise<Reply> {
  const query = ask.url.searchParams;
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const architecture = query.get('architecture') ?? 'amd64';
  const confinements = (query.get('confinement') ?? 'strict').split(',');
  const results = [];
  for (const snap of await catalog.list()) {
    const text = `${snap.name} ${snap.title} ${snap.summary}`.toLowerCase();
    const release = snap.releases.find((one) => isFor(architecture, [one.architecture]));
    const revision = snap.revisions.find((one) => one.revision === release?.revision);
    if (!release || !revision || !confinements.includes(revision.confinement)) continue;
    if (!words.every((word) => text.includes(word)) || !snap.name.startsWith(query.get('name') ?? '')) continue;
    const { version, type, base, confinement } = revision;
    results.push({
      name: snap.name,
      'snap-id': snap.snapId,
      snap: { title: snap.title, summary: snap.summary, publisher: await describePublisher(shelf, snap.publisherId) },
      revision: { base, channel: release.channel, confinement, revision: revision.revision, type, version },
    });
  }
  return jsonReply(200, { results });
}
