import { parseJson } from '../../lib/json/parse-json';
import { isObject } from './json';
import { fault, type HeldSystem } from './verify-check';

type Listed = { name: string; revision: number; sha3_384: string };
type ListedSnap = Listed & { /** undefined: nothing is said of them. */ components: Listed[] | undefined };

/** What a manifest.json or a lock says of an image. */
export type Manifest = { label: string | undefined; modelSha3_384: string | undefined; snaps: ListedSnap[] | undefined };

/** Throws Refusal `manifest-format`, AppError `json-malformed`. */
export function parseManifest(text: string, name: string): Manifest {
  const value = parseJson(text, `${name}: This`);
  const no = (): never => fault('manifest-format', `${name}: This is neither a manifest nor a lock of an image.`);
  if (!isObject(value)) return no();
  const lock = isObject(value['lock']) ? value['lock'] : value;
  const label = typeof lock['label'] === 'string' ? lock['label'] : undefined;
  const model = isObject(value['model']) && typeof value['model']['sha3_384'] === 'string' ? value['model']['sha3_384'] : undefined;
  if (value['snaps'] === undefined && model === undefined) return no();
  const snaps = value['snaps'] === undefined ? undefined : listOf(value['snaps'], no).map((each) => ({ ...listed(each, no), components: each['components'] === undefined ? undefined : listOf(each['components'], no).map((component) => listed(component, no)) }));
  return { label, modelSha3_384: model, snaps };
}

const listOf = (value: unknown, no: () => never): Record<string, unknown>[] => (Array.isArray(value) && value.every(isObject) ? value : no());

function listed({ name, revision, sha3_384 }: Record<string, unknown>, no: () => never): Listed {
  return typeof name === 'string' && typeof revision === 'number' && typeof sha3_384 === 'string' ? { name, revision, sha3_384 } : no();
}

/** What the manifest says, against what is in the image. Throws Refusal `manifest-mismatch`. Gives a remark. */
export function checkManifest(manifest: Manifest, name: string, systems: readonly HeldSystem[]): string {
  const differ = (words: string): never => fault('manifest-mismatch', `${name}: ${words}.`);
  const system = systems.length === 1 ? systems[0]! : systems.find(({ label }) => label === manifest.label);
  if (!system) return differ(`It is about the system ${manifest.label ?? '(it names none)'}, and in the image there are ${systems.map(({ label }) => label).join(', ')}`);
  if (system.label !== '' && manifest.label !== undefined && manifest.label !== system.label) differ(`It is about the system ${manifest.label}, and in the image there is ${system.label}`);
  if (manifest.modelSha3_384 !== undefined && manifest.modelSha3_384 !== system.modelSha3_384) differ(`Its model has the SHA3-384 ${manifest.modelSha3_384}, and that of the image ${system.modelSha3_384}`);
  if (manifest.snaps === undefined) return 'the same model as in the image';
  compare(manifest.snaps, system.snaps, 'snap ', differ);
  for (const snap of manifest.snaps) if (snap.components) compare(snap.components, system.snaps.find((each) => each.name === snap.name)!.components, `component ${snap.name}+`, differ);
  return `${manifest.modelSha3_384 === undefined ? '' : 'the same model and '}the same ${manifest.snaps.length} snaps as in the image`;
}

function compare(wanted: readonly Listed[], held: readonly Listed[], words: string, differ: (words: string) => never): void {
  for (const each of wanted) {
    const own = held.find(({ name }) => name === each.name) ?? differ(`It has the ${words}${each.name}, which is not in the image`);
    // What no assertion speaks of has a negative revision, whichever.
    if (own.revision !== each.revision && !(own.revision < 0 && each.revision < 0)) differ(`It has revision ${each.revision} of the ${words}${each.name}, and the image ${own.revision}`);
    if (own.sha3_384 !== each.sha3_384) differ(`Its ${words}${each.name} has the SHA3-384 ${each.sha3_384}, and that of the image ${own.sha3_384}`);
  }
  const more = held.find(({ name }) => !wanted.some((each) => each.name === name));
  if (more) differ(`It does not have the ${words}${more.name}, which is in the image`);
  if (wanted.length !== held.length) differ(`It names a ${words.trim()} twice`);
}
