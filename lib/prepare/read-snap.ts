import { fromUtf8 } from '../bytes';
import { AppError, isAppError } from '../errors';
import { assertSnapYaml } from '../snap/check-snap-yaml';
import { parseComponentYaml, type ComponentInfo } from '../snap/component-yaml';
import { parseSnapYaml, type SnapInfo } from '../snap/snap-yaml';
import { parseSnapdInfo, type SnapdInfo } from '../snap/snapd-info';
import { assertSnapshotsYaml } from '../snap/snapshots-yaml';
import { readSnapFile } from '../tools/squashfs';

/** snapd refuses a larger one when a snap is installed. */
const MAX_YAML_BYTES = 2 ** 20;
const MAX_INFO_BYTES = 64 * 1024;

type Options = { signal?: AbortSignal | undefined };

async function readText(path: string, name: string, maxBytes: number, options: Options): Promise<string> {
  const text = fromUtf8(await readSnapFile(path, name, maxBytes, options));
  if (text === undefined) throw new AppError('snap-yaml-invalid', `${name} of ${path.slice(path.lastIndexOf('/') + 1)} is not UTF-8.`);
  return text;
}

/** How many snaps' words are remembered, some kilobytes each. */
const MAX_REMEMBERED = 500;
const remembered = new Map<string, unknown>();

const keyOf = (sha3_384: string, what: string): string => `${sha3_384} ${what}`;

/** What was remembered of bytes with this digest; undefined when nothing was, or when much else was since. */
export const recall = <T>(sha3_384: string, what: string): T | undefined => remembered.get(keyOf(sha3_384, what)) as T | undefined;

export function remember<T>(sha3_384: string, what: string, value: T): T {
  const key = keyOf(sha3_384, what);
  remembered.delete(key);
  remembered.set(key, value);
  if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  return value;
}

/** For who learns that bytes had another digest than was said. */
export const forgetSnaps = (): void => remembered.clear();

/** What is read of bytes with this digest, read once while it is asked for again and again. Nothing that fails is remembered. */
export const readOnce = async <T>(sha3_384: string, what: string, read: () => Promise<T>): Promise<T> => remember(sha3_384, what, remembered.has(keyOf(sha3_384, what)) ? recall<T>(sha3_384, what)! : await read());

/** A snap file's own word about itself, which keeps snapd's rules. Throws as `readSnapFile`, `parseSnapYaml` and `assertSnapYaml`. */
export async function readSnapInfo(path: string, options: Options = {}): Promise<SnapInfo> {
  const yaml = await readSnapFile(path, 'meta/snap.yaml', MAX_YAML_BYTES, options);
  const info = parseSnapYaml(yaml);
  assertSnapYaml(yaml, info);
  return info;
}

/** What snapd looks at beside the snap.yaml, asked of a file that no store has looked over: hooks that it does not name, and meta/snapshots.yaml. Throws as `readSnapInfo`. */
export async function assertUnreviewed(path: string, options: Options = {}): Promise<void> {
  const [yaml, snapshots, ...hooks] = await Promise.all([
    readSnapFile(path, 'meta/snap.yaml', MAX_YAML_BYTES, options),
    orMissing(readSnapFile(path, 'meta/snapshots.yaml', MAX_YAML_BYTES, options)),
    // Those on which a rule turns.
    ...['configure', 'default-configure'].map(async (name) => ((await hasSnapFile(path, `meta/hooks/${name}`, options)) ? [name] : [])),
  ]);
  assertSnapYaml(yaml, parseSnapYaml(yaml), hooks.flat());
  if (snapshots !== undefined) assertSnapshotsYaml(snapshots);
}

async function hasSnapFile(path: string, name: string, options: Options): Promise<boolean> {
  try {
    return (await orMissing(readSnapFile(path, name, 0, options))) !== undefined;
  } catch (error) {
    if (isAppError(error) && error.code === 'snap-file-too-big') return true;
    throw error;
  }
}

async function orMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isAppError(error) && error.code === 'snap-file-missing') return undefined;
    throw error;
  }
}

export const readComponentInfo = async (path: string, options: Options = {}): Promise<ComponentInfo> => parseComponentYaml(await readSnapFile(path, 'meta/component.yaml', MAX_YAML_BYTES, options));

/** The note about the snapd within: `usr/lib/snapd/info` of snapd and core, `snapd-info` of a kernel. Undefined when there is none. Throws as `parseSnapdInfo`. */
export async function readSnapdInfo(path: string, snapName: string, name: 'usr/lib/snapd/info' | 'snapd-info', options: Options = {}): Promise<SnapdInfo | undefined> {
  const text = await orMissing(readText(path, name, MAX_INFO_BYTES, options));
  return text === undefined ? undefined : parseSnapdInfo(text, snapName);
}
