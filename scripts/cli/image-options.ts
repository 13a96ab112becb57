import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Assertion } from '../../lib/assertion/assertion';
import type { BuildLock } from '../../lib/build/lock';
import { parseLock } from '../../lib/build/parse-lock';
import { parseJson } from '../../lib/json/parse-json';
import { folderSource } from '../../lib/prepare/folder-source';
import { NO_OPTIONS, type ImageOptions } from '../../lib/prepare/options';
import type { PrepareInput, RunStage } from '../../lib/prepare/prepare-image';
import { keepAssertions, lockedSource } from '../../lib/prepare/locked-source';
import { withAssertions, type SnapSource } from '../../lib/prepare/source';
import { storeSource } from '../../lib/prepare/store-source';
import { splitComponent } from '../../lib/snap/component-yaml';
import { createAssertionCache } from '../../lib/snapstore/assertion-cache';
import { createSnapStore } from '../../lib/snapstore/client';
import { createSnapCache } from '../../lib/snapstore/download';
import { CANONICAL_DOWNLOAD_ORIGINS } from '../../lib/snapstore/origins';
import { userCache } from '../../lib/env';
import { trustAnchors } from '../../lib/trust/anchors';
import type { TrustAnchors } from '../../lib/trust/types';
import type { Option, Values } from './command';
import { about, FileTrouble, Misuse, Refusal } from './failure';
import { hashOnce, type OnceHasher } from './hash-once';
import { IMAGE_LIMITS, readAll, readBroken } from './read-stream';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';
import { parseTimeOption } from './times';

/** What every command that prepares an image takes. */
export const IMAGE_OPTIONS: Record<string, Option> = {
  model: { value: 'M.model', help: 'The signed model; whatever assertions stand beside it in the file are used too', required: true },
  store: { value: 'URL', help: 'Take snaps and assertions from this store' },
  snaps: { value: 'DIR', help: 'Take snaps from this folder' },
  assertions: { value: 'DIR', help: 'Take assertions from the files of this folder' },
  trusted: { value: 'ROOTS', help: "Believe these accounts and account-keys instead of Canonical's" },
  lock: { value: 'LOCK', help: 'Make the image of this lock again' },
  label: { value: 'LABEL', help: "Name of the recovery system (default: the lock's, or the day of the epoch)" },
  epoch: { value: 'TIME', help: 'Date of the image (default: the latest timestamp of what is seeded)' },
  channel: { value: 'CHANNEL', help: 'Channel for all snaps' },
  snap: { value: 'FILE|NAME[=CHANNEL]', help: 'A snap beside the model, an optional one of it, or another channel', many: true },
  comp: { value: 'FILE|SNAP+COMP', help: 'A component', many: true },
  revision: { value: 'NAME=N', help: 'Revision of a snap', many: true },
  assertion: { value: 'FILE', help: 'An assertion to seed beside', many: true },
  validation: { value: 'ignore|enforce', help: 'Whether the store enforces validation (default: enforce)' },
  'image-size': { value: '[VOLUME:]SIZE,…', help: 'Size of the image in bytes, or with M or G behind' },
  'size-profile': { value: 'full|flash', help: 'Room for all that devices make, or an image that ends behind what is written (default: full)' },
  'sector-size': { value: '512|4096', help: 'Logical sectors of the disk (default: 512)' },
  'allow-snapd-kernel-mismatch': { help: 'Take a kernel that was made with an older snapd' },
};

/** `assertUnchanged`: whether the files are still those that were verified; to be called when their last byte was read. */
export type ImageInput = Omit<PrepareInput, 'content'> & Pick<OnceHasher, 'assertUnchanged'>;

/** Reads what the options name. Throws Misuse, FileTrouble, or AppError for what is refused. */
export async function readImageInput(values: Values, terminal: Terminal): Promise<ImageInput> {
  const options = parseOptions(values, terminal);
  const besides = await readAll(values.get('model')!, terminal, IMAGE_LIMITS);
  const models = besides.filter(({ type }) => type === 'model');
  if (models.length !== 1) throw new Refusal('not-a-model', `${values.get('model')!}: There ${models.length === 0 ? 'is no model' : `are ${models.length} models`} in it; one is needed.`);
  const extra = await Promise.all(values.all('assertion').map((file) => readAll(file, terminal, IMAGE_LIMITS)));
  const signal = new AbortController().signal;
  const lock = values.has('lock') ? readLock(await terminal.read(values.get('lock')!), values.get('lock')!) : undefined;
  const hash = hashOnce(userCache());
  return {
    model: models[0]!,
    options: { ...options, assertions: extra.flat() },
    source: await openSource(values, terminal, { besides: besides.filter(({ type }) => type !== 'model'), lock, hash, signal }),
    anchors: await readAnchors(values, terminal),
    trustedPublishers: [],
    now: new Date(),
    hash,
    assertUnchanged: hash.assertUnchanged,
    lock,
  };
}

export async function readAnchors(values: Values, terminal: Terminal): Promise<TrustAnchors> {
  const usual = trustAnchors();
  if (!values.has('trusted')) return usual;
  const roots = await readAll(values.get('trusted')!, terminal, IMAGE_LIMITS);
  if (!roots.some(({ type }) => type === 'account-key')) throw new Refusal('anchor-missing', `${values.get('trusted')!}: There is no account-key in it, and so nothing to trust.`);
  return { assertions: [], predefined: usual.predefined, embedded: roots };
}

async function openSource(values: Values, terminal: Terminal, { besides, lock, hash, signal }: { besides: Assertion[]; lock: BuildLock | undefined; hash: OnceHasher; signal: AbortSignal }): Promise<SnapSource> {
  const [store, snaps] = [values.get('store'), values.get('snaps')];
  if ((store === undefined) === (snaps === undefined)) throw new Misuse('Give either --store URL, or --snaps DIR with --assertions DIR.');
  if (store !== undefined) {
    const options = { apiUrl: store, dashboardUrl: store, allowDownloadOrigins: CANONICAL_DOWNLOAD_ORIGINS };
    const caches = { snaps: createSnapCache({ ...options, dir: path.join(userCache(), 'snaps') }), assertions: createAssertionCache(userCache()) };
    const source = withAssertions(besides, keepAssertions(storeSource(createSnapStore(options), caches.snaps), caches.assertions));
    return lock ? lockedSource(source, lock, caches) : source;
  }
  const found = values.has('assertions') ? await readAssertionFolder(path.resolve(terminal.folder, values.get('assertions')!), terminal) : [];
  return folderSource(path.resolve(terminal.folder, snaps!), [...besides, ...found], hash, signal);
}

const START = Buffer.from('type: ');

/** Every assertion in the files of a folder; other files are passed over. Throws Refusal for more than an image can need. */
async function readAssertionFolder(folder: string, terminal: Terminal): Promise<Assertion[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new FileTrouble(`The folder ${folder} cannot be read: ${error.message}.`, { cause: error });
  });
  const all: Assertion[] = [];
  let leftBytes: number = IMAGE_LIMITS.maxBytes;
  for (const name of names.sort().filter((each) => !/\.(?:snap|comp)$/.test(each))) {
    const file = path.join(folder, name);
    if (!(await beginsAsAssertion(file))) continue;
    const bytes = await terminal.read(file, leftBytes);
    leftBytes -= bytes.length;
    const read = await about(file, () => readBroken(bytes, { maxAssertions: IMAGE_LIMITS.maxAssertions - all.length }));
    all.push(...read.filter((each): each is Assertion => 'signKeyId' in each));
  }
  return all;
}

async function beginsAsAssertion(file: string): Promise<boolean> {
  // A link to nowhere is no assertion either.
  if (!(await stat(file).catch(() => undefined))?.isFile()) return false;
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START.length), 0, START.length, 0);
    return bytesRead === START.length && buffer.equals(START);
  } finally {
    await handle.close();
  }
}

function parseOptions(values: Values, { folder }: Terminal): ImageOptions {
  const sector = values.get('sector-size') ?? '512';
  if (sector !== '512' && sector !== '4096') throw new Misuse(`--sector-size ${sector} is neither 512 nor 4096.`);
  const profile = values.get('size-profile') ?? 'full';
  if (profile !== 'full' && profile !== 'flash') throw new Misuse(`--size-profile ${profile} is neither full nor flash.`);
  const validation = values.get('validation') ?? 'enforce';
  if (validation !== 'ignore' && validation !== 'enforce') throw new Misuse(`--validation ${validation} is neither ignore nor enforce.`);
  return {
    ...NO_OPTIONS,
    channel: values.get('channel') ?? '',
    snaps: values.all('snap').map((text) => parseSnap(text, folder)),
    components: values.all('comp').map((text) => (text.endsWith('.comp') ? { file: path.resolve(folder, text) } : (splitComponent(text) ?? misuse(`--comp ${text} is neither a file that ends in .comp nor <snap>+<component>.`)))),
    revisions: new Map(values.all('revision').map(parseRevision)),
    validation,
    allowKernelMismatch: values.has('allow-snapd-kernel-mismatch'),
    label: values.get('label'),
    epoch: values.has('epoch') ? Math.floor(parseTimeOption('epoch', values.get('epoch')!).getTime() / 1000) : undefined,
    sectorBytes: Number(sector) as 512 | 4096,
    profile,
    imageSizes: new Map((values.get('image-size') ?? '').split(',').filter(Boolean).map(parseImageSize)),
  };
}

function misuse(sentence: string): never {
  throw new Misuse(sentence);
}

function parseSnap(text: string, folder: string): ImageOptions['snaps'][number] {
  const [what = '', channel, ...rest] = text.split('=');
  if (what === '' || channel === '' || rest.length > 0) misuse(`--snap ${text} is not FILE, NAME or one of them with =CHANNEL.`);
  return what.endsWith('.snap') ? { file: path.resolve(folder, what), channel: channel ?? '' } : { name: what, channel: channel ?? '' };
}

function parseRevision(text: string): [name: string, revision: number] {
  const match = /^([^=]+)=([1-9][0-9]{0,8})$/.exec(text);
  return match ? [match[1]!, Number(match[2])] : misuse(`--revision ${text} is not NAME=N, N from 1 on.`);
}

const UNIT = { '': 1, M: 2 ** 20, G: 2 ** 30 } as const;

function parseImageSize(text: string): [volume: string, bytes: number] {
  const match = /^(?:([^:]*):)?([0-9]{1,15})([MG]?)$/.exec(text);
  return match ? [match[1] ?? '', Number(match[2]) * UNIT[match[3] as keyof typeof UNIT]] : misuse(`--image-size ${text} is not SIZE or VOLUME:SIZE, bytes or with M or G behind.`);
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
