import { z } from 'zod';
import type { Assertion } from '@/lib/assertion/assertion';
import { findAssertionType, shortPrimaryKey } from '@/lib/assertion/types';
import { fullChannel } from '@/lib/snap/channel';
import { findInSequence } from './assertion-routes';
import { findRelease, isFor } from './catalog';
import type { Catalog, StockedRevision, StockedSnap } from './catalog';
import { jsonReply, Refusal } from './reply';
import type { Ask, Reply } from './reply';
import type { Shelf } from './shelf';
import { describeComponents, describeDownload, describePublisher } from './snap-routes';

const snapAction = z.object({
  action: z.enum(['install', 'download', 'refresh']),
  'instance-key': z.string().min(1),
  name: z.string().optional(),
  'snap-id': z.string().optional(),
  channel: z.string().optional(),
  revision: z.number().int().optional(),
  /** Must be there, null or not, for all but refresh: real stores insist. */
  epoch: z.unknown().optional(),
  'ignore-validation': z.boolean().optional(),
  'validation-sets': z.array(z.array(z.string()).length(4)).max(100).default([]),
});
/** By its key, or of a sequence the one with this number or else the latest. */
const fetchItem = z.object({
  type: z.string(),
  'primary-key': z.array(z.string()).optional(),
  'sequence-key': z.array(z.string()).optional(),
  sequence: z.number().int().positive().optional(),
  'if-sequence-equal-or-newer-than': z.number().int().optional(),
  'if-newer-than': z.number().int().optional(),
});
const fetchAction = z.object({
  action: z.literal('fetch-assertions'),
  key: z.string(),
  assertions: z.array(fetchItem),
});
const refreshRequest = z.object({
  context: z.array(z.object({ 'snap-id': z.string(), 'instance-key': z.string(), 'tracking-channel': z.string().optional() })),
  actions: z.array(z.union([snapAction, fetchAction])).max(1000),
  fields: z.array(z.string()).optional(),
});
type Context = z.infer<typeof refreshRequest>['context'];
type Store = { catalog: Catalog; shelf: Shelf; url: string };

/** POST /v2/snaps/refresh: download, install, refresh and fetch-assertions. */
export async function postRefresh(store: Store, ask: Ask): Promise<Reply> {
  const architecture = ask.header('snap-device-architecture');
  if (ask.header('snap-device-series') !== '16' || !architecture) throw new Refusal(400, 'device-headers-missing', 'Snap-Device-Series: 16 and Snap-Device-Architecture must be given.');
  const body = refreshRequest.safeParse(await ask.json());
  if (!body.success) throw new Refusal(400, 'bad-request', `The request is not understood: ${z.prettifyError(body.error)}`);
  const results = [];
  for (const action of body.data.actions) {
    if (action.action === 'fetch-assertions') results.push(await fetchAssertions(store, action));
    else if (action.action !== 'refresh' && !('epoch' in action)) throw new Refusal(400, 'bad-request', 'The epoch must be given, even if it is null.');
    else results.push(await offer(store, action, body.data.context, architecture));
  }
  return jsonReply(200, { results, 'error-list': [] });
}

async function offer({ catalog, shelf, url }: Store, action: z.infer<typeof snapAction>, context: Context, architecture: string) {
  const key = action['instance-key'];
  const refuse = (code: string, message: string, extra?: unknown) => ({ result: 'error', 'instance-key': key, name: action.name, error: { code, message, ...(extra !== undefined && { extra }) } });
  const id = action['snap-id'];
  const snap = action.name !== undefined ? await catalog.get(action.name) : (await catalog.list()).find((one) => one.snapId === id);
  if (!snap) return action.name !== undefined ? refuse('name-not-found', `There is no snap named ${action.name}.`) : refuse('id-not-found', `There is no snap with the id ${id}.`);

  const channel = action.channel ?? context.find((one) => one['instance-key'] === key)?.['tracking-channel'] ?? 'latest/stable';
  const found = find(snap, action.revision, channel, architecture);
  if (!found) return refuse('revision-not-found', 'No revision was found that fits.', { releases: snap.releases.map((one) => ({ architecture: one.architecture, channel: one.channel })) });

  const { version, type, base, architectures, confinement } = found.revision;
  return {
    result: action.action,
    'instance-key': key,
    name: snap.name,
    'snap-id': snap.snapId,
    'effective-channel': found.channel,
    snap: {
      architectures,
      base,
      confinement,
      contact: '',
      download: describeDownload(snap, found.revision, url),
      epoch: { read: [0], write: [0] },
      links: {},
      name: snap.name,
      private: false,
      publisher: await describePublisher(shelf, snap.publisherId),
      resources: describeComponents(snap, found.revision, url),
      revision: found.revision.revision,
      'snap-id': snap.snapId,
      summary: snap.summary,
      title: snap.title,
      type,
      version,
    },
  };
}

function find(snap: StockedSnap, wanted: number | undefined, channel: string, architecture: string): { revision: StockedRevision; channel: string | null } | undefined {
  if (wanted !== undefined) {
    const revision = snap.revisions.find((one) => one.revision === wanted && isFor(architecture, one.architectures));
    return revision && { revision, channel: null };
  }
  const whole = fullChannel(channel);
  const release = whole === undefined ? undefined : findRelease(snap, whole, architecture);
  const revision = snap.revisions.find((one) => one.revision === release?.revision);
  return release && revision && { revision, channel: release.channel };
}

async function fetchAssertions({ shelf, url }: Store, action: z.infer<typeof fetchAction>) {
  const urls: string[] = [];
  const errors: ({ code: string; message: string } & z.infer<typeof fetchItem>)[] = [];
  for (const item of action.assertions) {
    const found = await findFetched(shelf, item);
    if (!found) {
      const key = (item['primary-key'] ?? item['sequence-key'] ?? []).join('/');
      errors.push({ code: 'not-found', message: `There is no ${item.type} assertion ${key}.`, ...item });
    } else if (isWanted(found, item)) urls.push(new URL(addressOf(found), url).href);
  }
  return { result: 'fetch-assertions', key: action.key, 'assertion-stream-urls': urls, 'error-list': errors };
}

async function findFetched(shelf: Shelf, item: z.infer<typeof fetchItem>): Promise<Assertion | undefined> {
  const key = item['sequence-key'];
  if (key) return findInSequence(shelf, item.type, key, String(item.sequence ?? 'latest'), () => true);
  if (findAssertionType(item.type)?.sequence) return undefined;
  return shelf.get(item.type, item['primary-key'] ?? []);
}

/** Neither what is known already, nor a sequence before the one that is. */
function isWanted(found: Assertion, item: z.infer<typeof fetchItem>): boolean {
  const newerThan = item['if-newer-than'];
  const from = item['if-sequence-equal-or-newer-than'];
  const known = item.sequence ?? from;
  if (from !== undefined && Number(found.primaryKey.at(-1)) < from) return false;
  if (known !== undefined && Number(found.primaryKey.at(-1)) !== known) return true;
  return newerThan === undefined || found.revision > newerThan;
}

function addressOf({ type: name, primaryKey, format }: Assertion): string {
  const type = findAssertionType(name)!;
  const key = type.sequence ? primaryKey.slice(0, -1) : shortPrimaryKey(type, primaryKey);
  const sequence = type.sequence ? `&sequence=${primaryKey.at(-1)}` : '';
  return `v2/assertions/${name}/${key.map(encodeURIComponent).join('/')}?max-format=${format}${sequence}`;
}
