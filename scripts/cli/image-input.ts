import path from 'node:path';
import type { Assertion } from '../../lib/assertion/assertion';
import type { BuildLock } from '../../lib/build/lock';
import { parseLock } from '../../lib/build/parse-lock';
import { fromBase64Url, toHex } from '../../lib/bytes';
import { userCache } from '../../lib/env';
import { parseJson } from '../../lib/json/parse-json';
import { folderSource } from '../../lib/prepare/folder-source';
import { keepAssertions, lockedSource } from '../../lib/prepare/locked-source';
import type { PrepareInput, RunStage } from '../../lib/prepare/prepare-image';
import { forgetSnaps } from '../../lib/prepare/read-snap';
import { withAssertions, type SnapSource } from '../../lib/prepare/source';
import { storeSource } from '../../lib/prepare/store-source';
import { createAssertionCache } from '../../lib/snapstore/assertion-cache';
import { createSnapStore } from '../../lib/snapstore/client';
import { createSnapCache } from '../../lib/snapstore/download';
import { CANONICAL_DOWNLOAD_ORIGINS } from '../../lib/snapstore/origins';
import { trustAnchors } from '../../lib/trust/anchors';
import type { TrustAnchors } from '../../lib/trust/types';
import type { Values } from './command';
import { Misuse, Refusal } from './failure';
import { hashOnce, type Claims, type OnceHasher } from './hash-once';
import { parseImageOptions } from './image-options';
import { readAssertionFolder } from './read-assertion-folder';
import { IMAGE_LIMITS, readAll } from './read-stream';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';

/** `assertUnchanged`: whether the files are those that were verified; for when their last byte was read. */
export type ImageInput = Omit<PrepareInput, 'content'> & Pick<OnceHasher, 'assertUnchanged'>;

/**
 * Runs `work` with what the options name. Each snap is taken for the one that the assertions of its size
 * speak of, and hashed meanwhile. When it is another, what came of `work` counts for nothing, and it is run
 * again with all digests known. Throws Misuse, FileTrouble, AppError for what is refused, or as `work`.
 */
export async function withImageInput<T>(
  values: Values,
  terminal: Terminal,
  work: (input: ImageInput, terminal: Terminal) => Promise<T>,
): Promise<T> {
  const { claims, openSource, ...read } = await readInput(values, terminal);
  const hash = hashOnce(userCache(), claims);
  const attempt = async (say: Terminal['say']): Promise<T> => {
    const source = await openSource(hash);
    return work({ ...read, source, hash, assertUnchanged: hash.assertUnchanged }, { ...terminal, say });
  };
  let said = Promise.resolve();
  const sayIfItHolds = (line: string) => {
    said = said.then(async () => ((await hash.holds()) ? terminal.say(line) : undefined));
  };
  const outcome = await attempt(sayIfItHolds).then((value) => ({ value }), (error: unknown) => ({ error }));
  await said;
  if (await hash.holds()) {
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
  await hash.assertSame();
  hash.doubt();
  forgetSnaps();
  return attempt(terminal.say);
}

/** `openSource` may be called again. */
type ReadInput = Omit<ImageInput, 'source' | 'hash' | 'assertUnchanged'> & {
  claims: Claims;
  openSource: (hash: OnceHasher) => Promise<SnapSource>;
};

async function readInput(values: Values, terminal: Terminal): Promise<ReadInput> {
  const options = parseImageOptions(values, terminal);
  const model = values.get('model')!;
  const besides = await readAll(model, terminal, IMAGE_LIMITS);
  const models = besides.filter(({ type }) => type === 'model');
  if (models.length !== 1) {
    const found = models.length === 0 ? 'is no model' : `are ${models.length} models`;
    throw new Refusal('not-a-model', `${model}: There ${found} in it; one is needed.`);
  }
  const readGiven = (file: string) => readAll(file, terminal, IMAGE_LIMITS);
  const extra = await Promise.all(values.all('assertion').map(readGiven));
  const lockFile = values.get('lock');
  const lock = lockFile === undefined ? undefined : readLock(await terminal.read(lockFile), lockFile);
  const given = besides.filter(({ type }) => type !== 'model');
  const sources = await readSources(values, terminal, given, lock);
  return {
    model: models[0]!,
    options: { ...options, assertions: extra.flat() },
    anchors: await readAnchors(values, terminal),
    trustedPublishers: [],
    now: new Date(),
    lock,
    ...sources,
  };
}

export async function readAnchors(values: Values, terminal: Terminal): Promise<TrustAnchors> {
  const usual = trustAnchors();
  if (!values.has('trusted')) return usual;
  const roots = await readAll(values.get('trusted')!, terminal, IMAGE_LIMITS);
  if (!roots.some(({ type }) => type === 'account-key')) {
    const file = values.get('trusted')!;
    throw new Refusal('anchor-missing', `${file}: There is no account-key in it, and so nothing to trust.`);
  }
  return { assertions: [], predefined: usual.predefined, embedded: roots };
}

async function readSources(
  values: Values,
  terminal: Terminal,
  given: Assertion[],
  lock: BuildLock | undefined,
): Promise<Pick<ReadInput, 'claims' | 'openSource'>> {
  const [store, snaps] = [values.get('store'), values.get('snaps')];
  if ((store === undefined) === (snaps === undefined)) {
    throw new Misuse('Give either --store URL, or --snaps DIR with --assertions DIR.');
  }
  if (store !== undefined) {
    const source = openStore(store, given, lock);
    return { claims: claimsOf(given), openSource: async () => source };
  }
  const named = values.get('assertions');
  const folder = (name: string) => path.resolve(terminal.folder, name);
  const found = named === undefined ? [] : await readAssertionFolder(folder(named), terminal);
  const all = [...given, ...found];
  const signal = new AbortController().signal;
  const openSource = (hash: OnceHasher) => folderSource(folder(snaps!), all, hash, signal);
  return { claims: claimsOf(all), openSource };
}

function openStore(url: string, given: Assertion[], lock: BuildLock | undefined): SnapSource {
  const options = { apiUrl: url, dashboardUrl: url, allowDownloadOrigins: CANONICAL_DOWNLOAD_ORIGINS };
  const snaps = createSnapCache({ ...options, dir: path.join(userCache(), 'snaps') });
  const assertions = createAssertionCache(userCache());
  const asked = storeSource(createSnapStore(options), snaps);
  const source = withAssertions(given, keepAssertions(asked, assertions));
  return lock ? lockedSource(source, lock, { snaps, assertions }) : source;
}

const CLAIMED: Record<string, string> = { 'snap-revision': 'snap', 'snap-resource-revision': 'resource' };

/** The digest that all assertions about so many bytes speak of, where it is one. */
function claimsOf(assertions: readonly Assertion[]): Claims {
  const claims = new Map<number, string | undefined>();
  for (const { type, headers } of assertions) {
    const what = CLAIMED[type];
    const digest = what && fromBase64Url(String(headers[`${what}-sha3-384`]));
    if (!digest) continue;
    const size = Number(headers[`${what}-size`]);
    const isOther = claims.has(size) && claims.get(size) !== toHex(digest);
    claims.set(size, isOther ? undefined : toHex(digest));
  }
  return claims;
}

function readLock(bytes: Uint8Array, file: string): BuildLock {
  return parseLock(parseJson(Buffer.from(bytes).toString('utf8'), `${nameOf(file)}: This`), file);
}

/** Stages of a command: nothing is told but warnings. */
export const quietStage = (terminal: Terminal): RunStage => (_name, work) =>
  work({
    signal: new AbortController().signal,
    progress: () => undefined,
    say: () => undefined,
    log: (text, level) => (level === 'warning' ? terminal.say(`warning: ${text}`) : undefined),
  });
