import type { z } from 'zod';
import { AppError } from '../errors';
import type { Problem } from '../errors';
import type { ActionResult, refreshAnswer } from './answers';
import { plain } from './body';
import { TryAgain } from './retry';
import type { ResolvedSnap, SnapWanted, StoreContext } from './snap-store';
import type { SnapStoreErrorCode } from './transient';

const FIELDS = ['architectures', 'base', 'confinement', 'contact', 'download', 'links', 'name', 'private', 'publisher', 'resources', 'revision', 'snap-id', 'snap-yaml', 'summary', 'title', 'type', 'version', 'website'];
const key = (index: number) => `download-${index + 1}`;

/**
 * The body of POST /v2/snaps/refresh. The epoch must be there, and a fixed revision goes without a channel; the
 * sets are those that the snap is held to (snapd store/store_action.go, image/image_linux.go downloadSnaps).
 */
export const resolveBody = (wanted: SnapWanted[]) => ({
  context: [],
  actions: wanted.map(({ name, channel, revision, validation }, index) => ({
    action: 'download',
    'instance-key': key(index),
    name,
    ...(revision === undefined ? channel !== undefined && { channel } : { revision }),
    epoch: null,
    'ignore-validation': !validation?.isEnforced,
    ...(validation && validation.sets.length > 0 && { 'validation-sets': validation.sets }),
  })),
  fields: FIELDS,
});

/** One resolved snap for each wanted one, in order. Throws TryAgain when the answer does not fit the question, AppError when snaps cannot be had. */
export function resolveResults(wanted: SnapWanted[], device: StoreContext, answer: z.infer<typeof refreshAnswer>, host: string): ResolvedSnap[] {
  const byKey = new Map(answer.results.map((result) => [result['instance-key'], result]));
  if (byKey.size !== answer.results.length || [...byKey.keys()].some((k) => !wanted.some((_, i) => key(i) === k))) throw new TryAgain(`${host} answered about snaps that were not asked for`);
  const refused: Refused[] = [];
  const resolved = wanted.flatMap((want, index) => {
    const result = byKey.get(key(index));
    if (!result) {
      refused.push(unanswered(want, index, answer, host));
      return [];
    }
    const refusal = result.result === 'error' ? refuse(want, index, result, device) : whyOther(want, index, result);
    if (refusal) refused.push(refusal);
    return result.result === 'download' && !refusal ? [toResolved(want, result)] : [];
  });
  const first = refused[0];
  if (first) throw new AppError(first.code, refused.map((r) => r.problem.message).join(' '), { problems: refused.map((r) => r.problem), details: first.details });
  return resolved;
}

type Refused = { code: SnapStoreErrorCode; problem: Problem; details: Record<string, unknown> };

const refused = (code: SnapStoreErrorCode, index: number, message: string, details: Record<string, unknown>): Refused => ({ code, problem: { path: `snaps[${index}]`, code, message }, details });

function unanswered({ name }: SnapWanted, index: number, answer: z.infer<typeof refreshAnswer>, host: string): Refused {
  const said = answer['error-list']?.[0];
  if (!said) throw new TryAgain(`${host} did not answer about the snap ${name}`);
  return refused('store-refused', index, `The Snap Store did not answer about the snap ${name}: ${plain(said.message, 300)}`, { snap: name });
}

function refuse({ name, channel, revision }: SnapWanted, index: number, result: Extract<ActionResult, { result: 'error' }>, { architecture }: StoreContext): Refused {
  const { code, message, extra } = result.error;
  switch (code) {
    case 'name-not-found':
    case 'id-not-found':
      return refused('snap-unknown', index, `The Snap Store has no snap ${name}. Check its name, and whether this account may see it.`, { snap: name });
    case 'revision-not-found': {
      const releases = (extra?.releases ?? []).map((r) => ({ channel: plain(r.channel, 100), architecture: plain(r.architecture, 20) }));
      const here = releases.filter((r) => r.architecture === architecture || r.architecture === 'all').map((r) => r.channel);
      const elsewhere = [...new Set(releases.map((r) => r.architecture))].filter((other) => other !== '' && other !== architecture);
      const has = here.length > 0 ? `It has: ${here.join(', ')}.` : elsewhere.length > 0 ? `It is released for ${elsewhere.join(', ')} only.` : 'Nothing of it is released.';
      const what = revision === undefined ? `in the channel ${channel ?? 'latest/stable'}` : `with revision ${revision}`;
      return refused('channel-unknown', index, `The snap ${name} has nothing ${what} for ${architecture}. ${has}`, { snap: name, channel, revision, releases });
    }
    case 'user-authorization-needs-refresh':
    case 'device-authorization-needs-refresh':
      return refused('store-auth-expired', index, `The store credentials have expired, so the snap ${name} could not be had. Log in to the store again.`, { snap: name });
    default:
      return refused('store-refused', index, `The Snap Store refused the snap ${name}: ${plain(message, 300) || plain(code, 60)}`, { snap: name, storeCode: plain(code, 60) });
  }
}

/** Names can be given to another snap, ids cannot: a model that says both means the id. */
function whyOther(want: SnapWanted, index: number, { snap }: Extract<ActionResult, { result: 'download' }>): Refused | undefined {
  if (snap.name !== want.name) throw new TryAgain(`the store answered about ${snap.name} when asked about ${want.name}`);
  if (want.revision !== undefined && snap.revision !== want.revision) throw new TryAgain(`the store answered with revision ${snap.revision} of ${want.name} when asked for ${want.revision}`);
  if (want.snapId === undefined || want.snapId === snap['snap-id']) return undefined;
  return refused('snap-unknown', index, `The name ${want.name} now belongs to another snap: its id is ${snap['snap-id']}, wanted was ${want.snapId}. Choose the snap again.`, { snap: want.name, snapId: snap['snap-id'] });
}

function toResolved(want: SnapWanted, result: Extract<ActionResult, { result: 'download' }>): ResolvedSnap {
  const { snap } = result;
  return {
    name: snap.name,
    snapId: snap['snap-id'],
    revision: snap.revision,
    version: plain(snap.version, 100),
    type: snap.type,
    base: snap.base,
    architectures: snap.architectures,
    confinement: snap.confinement,
    publisher: { ...snap.publisher, displayName: plain(snap.publisher.displayName, 200) },
    channel: result['redirect-channel'] || want.channel || result['effective-channel'] || '',
    sha3_384: snap.download['sha3-384'],
    sizeBytes: snap.download.size,
    downloadUrl: snap.download.url,
    private: snap.private,
    contact: snap.contact,
    website: snap.website,
    links: snap.links,
    snapYaml: snap['snap-yaml'],
    resources: snap.resources.map(({ name, type, revision, version, download }) => ({ name, type, revision, version: plain(version, 100), sha3_384: download['sha3-384'], sizeBytes: download.size, downloadUrl: download.url })),
  };
}
