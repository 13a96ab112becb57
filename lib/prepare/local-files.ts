import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Assertion } from '../assertion/assertion';
import { fromHex, toBase64Url } from '../bytes';
import { AppError } from '../errors';
import type { LocalOption, SnapOption } from '../seed/choose-snaps';
import { LOCAL_REVISION, type FoundComponent, type FoundSnap } from '../seed/seed-snap';
import { isSnapName } from '../snap/names';
import type { SnapInfo } from '../snap/snap-yaml';
import type { ImageOptions } from './options';
import { assertUnreviewed, readComponentInfo, readSnapInfo } from './read-snap';
import type { SnapSource } from './source';

export type HashFile = (path: string, signal?: AbortSignal) => Promise<string>;
export type LocalFiles = { options: SnapOption<SnapInfo>[]; /** Where the files are, by digest. */ paths: Map<string, string> };

const DEFAULT_PROVENANCE = 'global-upload';

/** The primary key of what speaks of a snap's bytes. */
export const revisionKey = (sha3_384: string, provenance: string): string[] => [toBase64Url(fromHex(sha3_384)), ...(provenance === DEFAULT_PROVENANCE ? [] : [provenance])];

/**
 * The options of an image with its files read: what they are, and whether the source has an assertion about their bytes, which makes them as good as a
 * store's (snapd image/image_linux.go, deriveInfoForLocalSnaps). Throws AppError.
 */
export async function readLocalFiles({ snaps, components }: Pick<ImageOptions, 'snaps' | 'components'>, source: SnapSource, hash: HashFile, signal: AbortSignal): Promise<LocalFiles> {
  const paths = new Map<string, string>();
  const options: SnapOption<SnapInfo>[] = [];
  for (const option of snaps) {
    if ('name' in option) options.push({ name: option.name, channel: option.channel, components: [] });
    else options.push({ file: option.file, channel: option.channel, found: await readLocalSnap(option.file, source, hash, paths, signal) });
  }
  // One file given twice is given once.
  for (const option of components.filter((each, i) => !('file' in each) || components.findIndex((other) => 'file' in other && path.resolve(other.file) === path.resolve(each.file)) === i)) {
    if ('file' in option) await addLocalComponent(option.file, options, source, hash, paths, signal);
    else nameComponent(option, options);
  }
  return { options, paths };
}

async function keep(file: string, ending: string, hash: HashFile, paths: Map<string, string>, signal: AbortSignal): Promise<{ sha3_384: string; sizeBytes: number }> {
  if (!file.endsWith(ending)) throw new AppError('file-name', `${file} does not end in ${ending}.`);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new AppError('file-missing', `There is no file ${file}.`);
  const sha3_384 = await hash(file, signal);
  paths.set(sha3_384, path.resolve(file));
  return { sha3_384, sizeBytes: found.size };
}

async function readLocalSnap(file: string, source: SnapSource, hash: HashFile, paths: Map<string, string>, signal: AbortSignal): Promise<FoundSnap<SnapInfo>> {
  const kept = await keep(file, '.snap', hash, paths, signal);
  const facts = await readSnapInfo(file, { signal });
  const revision = await source.assertion('snap-revision', revisionKey(kept.sha3_384, facts.provenance), signal);
  if (!revision) await assertUnreviewed(file, { signal });
  const snapId = revision ? String(revision.headers['snap-id']) : undefined;
  return { name: (snapId !== undefined && (await declaredName(snapId, source, signal))) || facts.name, snapId, revision: numberOf(revision, 'snap-revision'), ...kept, facts, components: [] };
}

async function declaredName(snapId: string, source: SnapSource, signal: AbortSignal): Promise<string | undefined> {
  const name = (await source.assertion('snap-declaration', ['16', snapId], signal))?.headers['snap-name'];
  return typeof name === 'string' && isSnapName(name) ? name : undefined;
}

const numberOf = (assertion: Assertion | undefined, header: string): number => (assertion ? Number(assertion.headers[header]) : LOCAL_REVISION);

async function addLocalComponent(file: string, options: SnapOption<SnapInfo>[], source: SnapSource, hash: HashFile, paths: Map<string, string>, signal: AbortSignal): Promise<void> {
  const kept = await keep(file, '.comp', hash, paths, signal);
  const info = await readComponentInfo(file, { signal });
  const owner = options.find((option): option is LocalOption<SnapInfo> => 'found' in option && option.found.facts.name === info.snapName);
  if (!owner) throw new AppError('component-without-snap', `The component ${info.snapName}+${info.name} (${file}) is given as a file, and its snap is not. Give the file of ${info.snapName} too.`);
  const { found } = owner;
  if (found.components.some(({ name }) => name === info.name)) throw new AppError('component-repeated', `The component ${info.snapName}+${info.name} is given twice.`);
  let revision: Assertion | undefined;
  if (found.snapId !== undefined) {
    revision = await source.assertion('snap-resource-revision', [found.snapId, info.name, ...revisionKey(kept.sha3_384, info.provenance)], signal);
    if (!revision) throw new AppError('component-not-asserted', `No assertion speaks of the bytes of ${file}, though one does of its snap ${found.name}. Take both from the store, or neither.`);
  }
  const component: FoundComponent = { name: info.name, revision: numberOf(revision, 'resource-revision'), ...kept, info };
  found.components = [...found.components, component].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `--comp snap+component` chooses its snap as well. */
function nameComponent({ snapName, name }: { snapName: string; name: string }, options: SnapOption<SnapInfo>[]): void {
  const at = options.findIndex((option) => 'name' in option && option.name === snapName);
  const owner = options[at];
  if (owner && 'name' in owner) options[at] = { ...owner, components: [...owner.components, name] };
  else options.push({ name: snapName, components: [name] });
}
