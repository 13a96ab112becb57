import { createHash } from 'node:crypto';
import type { Assertion } from '../../lib/assertion/assertion';
import { toBase64Url, toHex } from '../../lib/bytes';
import type { ModelSnap } from '../../lib/model/model';
import { isSameSnap, LOCAL_REVISION } from '../../lib/seed/seed-snap';
import type { SystemAssertions } from './verify-assertions';
import { fault, textOf, type HeldFile, type HeldSnap, type SeedFiles, type Tell } from './verify-check';
import type { OptionsSnap } from './verify-options';

/** Digests of the files of a seed: systems share snaps, and each is read once. */
export class FileDigests {
  readonly #known = new Map<string, Promise<Uint8Array>>();
  readonly #files: SeedFiles;

  constructor(files: SeedFiles) {
    this.#files = files;
  }

  /** Whether the file was asked for. */
  has(path: string): boolean {
    return this.#known.has(this.#files.keyOf(path));
  }

  sha3_384(path: string): Promise<Uint8Array> {
    const key = this.#files.keyOf(path);
    const digest = this.#known.get(key) ?? this.#hash(path);
    this.#known.set(key, digest);
    return digest;
  }

  async #hash(path: string): Promise<Uint8Array> {
    const hash = createHash('sha3-384');
    for await (const chunk of this.#files.chunks(path)) hash.update(chunk);
    return hash.digest();
  }
}

export type SnapsInput = { files: SeedFiles; digests: FileDigests; /** The system's folder. */ system: string; signed: SystemAssertions; options: readonly OptionsSnap[]; tell: Tell };

/**
 * The snaps and components of a system, each with the size and digest that is signed, in the place where a device looks for it; and that the model's are all
 * there (snapd seed/seed20.go). Throws Refusal.
 */
export async function checkSnaps(input: SnapsInput): Promise<HeldSnap[]> {
  const { signed, options } = input;
  const held: HeldSnap[] = [];
  for (const each of signed.snaps) held.push(await checkAsserted(each, input));
  for (const each of options) if (each.unasserted !== undefined) held.push(await checkUnasserted({ ...each, unasserted: each.unasserted }, input));
  for (const { name } of held) if (held.filter((other) => other.name === name).length > 1) fault('seed-options', `The snap ${name} is in the image twice.`);
  for (const snap of signed.model.snaps) assertRequired(snap, held);
  return held;
}

async function checkAsserted({ declaration, revision, resources }: SystemAssertions['snaps'][number], input: SnapsInput): Promise<HeldSnap> {
  const { signed, system, tell } = input;
  const [name, snapId] = [textOf(declaration.headers['snap-name']), textOf(declaration.headers['snap-id'])];
  const modelSnap = signed.model.snaps.find((each) => isSameSnap(each, { name, snapId }));
  if (modelSnap && modelSnap.name !== name) fault('snap-name', `The model names the snap ${snapId} ${modelSnap.name}, and its declaration names it ${name}.`);
  if (!modelSnap && signed.model.grade !== 'dangerous') fault('snap-not-in-model', `The snap ${name} is in the image and not in the model, whose grade ${signed.model.grade} allows no other.`);
  const number = textOf(revision.headers['snap-revision']);
  const wanted = { path: `${placeOf(modelSnap !== undefined, system)}/${name}_${number}.snap`, sizeBytes: textOf(revision.headers['snap-size']), digest: textOf(revision.headers['snap-sha3-384']) };
  const file = await checkFile(wanted, Number(number), 'snap', `snap ${name}`, input);
  await tell({ check: 'snap', what: file.path, message: `revision ${number}, ${file.sizeBytes} bytes, SHA3-384 ${file.sha3_384}` });
  const components: HeldSnap['components'] = [];
  for (const resource of resources) components.push(await checkComponent(name, modelSnap, resource, input));
  return { ...file, name, snapId, components };
}

async function checkComponent(snap: string, modelSnap: ModelSnap | undefined, { headers }: Assertion, input: SnapsInput): Promise<HeldSnap['components'][number]> {
  const [name, number] = [textOf(headers['resource-name']), textOf(headers['resource-revision'])];
  const inModel = modelSnap !== undefined && Object.hasOwn(modelSnap.components, name);
  const wanted = { path: `${placeOf(inModel, input.system)}/${snap}+${name}_${number}.comp`, sizeBytes: textOf(headers['resource-size']), digest: textOf(headers['resource-sha3-384']) };
  const file = await checkFile(wanted, Number(number), 'component', `component ${snap}+${name}`, input);
  await input.tell({ check: 'component', what: file.path, message: `revision ${number}, ${file.sizeBytes} bytes, SHA3-384 ${file.sha3_384}` });
  return { ...file, name };
}

/** What is the model's is shared by all systems. */
const placeOf = (inModel: boolean, system: string): string => (inModel ? 'snaps' : `${system}/snaps`);

type Wanted = { path: string; sizeBytes: string; digest: string };

/** Throws Refusal unless the file is there with that size and digest. */
export async function checkFile({ path, sizeBytes, digest }: Wanted, revision: number, kind: 'snap' | 'component', words: string, { files, digests }: Pick<SnapsInput, 'files' | 'digests'>): Promise<HeldFile> {
  const found = await files.sizeOf(path);
  if (found === undefined) return fault(`${kind}-missing`, `The ${words} is signed as revision ${revision}, and there is no file ${path} in the image.`);
  if (String(found) !== sizeBytes) fault(`${kind}-size`, `${path} has ${found} bytes, and ${sizeBytes} are signed of the ${words}.`);
  const bytes = await digests.sha3_384(path);
  if (toBase64Url(bytes) !== digest) fault(`${kind}-digest`, `${path} has the SHA3-384 ${toBase64Url(bytes)}, and ${digest} is signed of the ${words}: these are other bytes.`);
  return { path, revision, sha3_384: toHex(bytes), sizeBytes: found };
}

async function checkUnasserted({ name, id, unasserted, components }: OptionsSnap & { unasserted: string }, input: SnapsInput): Promise<HeldSnap> {
  const file = await readUnasserted(unasserted, 'snap', `snap ${name}`, input);
  await input.tell({ check: 'snap', what: file.path, message: `no assertion speaks of it, as the options of the system say, ${file.sizeBytes} bytes, SHA3-384 ${file.sha3_384}` });
  const held: HeldSnap['components'] = [];
  for (const component of components) {
    if (component.unasserted === undefined) fault('seed-options', `The options of the system name no file of the component ${name}+${component.name}.`);
    const own = await readUnasserted(component.unasserted, 'component', `component ${name}+${component.name}`, input);
    await input.tell({ check: 'component', what: own.path, message: `no assertion speaks of it, as the options of the system say, ${own.sizeBytes} bytes, SHA3-384 ${own.sha3_384}` });
    held.push({ ...own, name: component.name });
  }
  return { ...file, name, snapId: id, components: held };
}

async function readUnasserted(fileName: string, kind: 'snap' | 'component', words: string, { files, digests, system }: SnapsInput): Promise<HeldFile> {
  const path = `${system}/snaps/${fileName}`;
  const sizeBytes = (await files.sizeOf(path)) ?? fault(`${kind}-missing`, `The options of the system name the file ${path} for the ${words}, and it is not in the image.`);
  return { path, revision: LOCAL_REVISION, sha3_384: toHex(await digests.sha3_384(path)), sizeBytes };
}

/** Throws Refusal `snap-missing`, `component-missing`. */
export function assertRequired(snap: ModelSnap, held: readonly HeldSnap[]): void {
  const own = held.find((each) => isSameSnap(snap, each));
  if (!own) {
    const other = held.find(({ name }) => name === snap.name);
    if (snap.presence === 'required') fault('snap-missing', `The model requires the snap ${snap.name}${snap.snapId === undefined ? '' : ` (${snap.snapId})`}, and it is not in the image${other ? `; the ${other.name} that is there has the id ${other.snapId}` : ''}.`);
    return;
  }
  for (const [name, { presence }] of Object.entries(snap.components)) {
    if (presence === 'required' && !own.components.some((each) => each.name === name)) fault('component-missing', `The model requires the component ${snap.name}+${name}, and it is not in the image.`);
  }
}
