import type { Assertion } from '../../lib/assertion/assertion';
import { parseModel, type Model } from '../../lib/model/model';
import { AssertionDatabase } from '../../lib/trust/database';
import { describeRef } from '../../lib/trust/broken';
import type { TrustAnchors } from '../../lib/trust/types';
import { Refusal } from './failure';
import { readStream } from './read-stream';
import { fault, textOf, type SeedFiles } from './verify-check';

export type Trust = { anchors: TrustAnchors; now: Date };

/** What is signed about a system, all of which holds. */
export type SystemAssertions = {
  assertion: Assertion;
  model: Model;
  /** A snap-declaration and its snap-revision. */
  snaps: { declaration: Assertion; revision: Assertion; resources: Assertion[] }[];
  /** How many there are, the model not counted. */
  count: number;
};

/** A stream that is longer is none of a seed's. */
const MAX_STREAM_BYTES = 16 * 2 ** 20;
const MAX_ASSERTIONS = 10_000;

/** All assertions of a file. Throws Refusal with the fault of the first that cannot be read, or `seed-assertions`. */
export async function readAssertions(files: SeedFiles, path: string): Promise<Assertion[]> {
  if ((await files.sizeOf(path)) === undefined) fault('seed-assertions', `There is no file ${path} in the image.`);
  const { assertions, error } = readStream(await files.read(path, MAX_STREAM_BYTES));
  if (error) throw new Refusal(error.code, `${path}: ${error.message}`, { cause: error });
  return assertions;
}

/** The assertions of a system of UC20 and later, checked as a device does (snapd seed/seed20.go, LoadAssertions). `system` is its folder. Throws Refusal, or AppError `model-invalid`. */
export async function readSystemAssertions(files: SeedFiles, system: string, trust: Trust): Promise<SystemAssertions> {
  const models = (await files.sizeOf(`${system}/model`)) === undefined ? [] : await readAssertions(files, `${system}/model`);
  const [assertion] = models;
  if (!assertion || models.length !== 1 || assertion.type !== 'model') return fault('seed-model', `${system}/model should be one assertion, the model.`);
  const others = await readFolder(files, `${system}/assertions`);
  if (others.some(({ type }) => type === 'model')) fault('seed-model', `There is a model among ${system}/assertions; a device accepts one only, beside them.`);
  // A device imports these once it runs.
  const imported = (await files.sizeOf(`${system}/auto-import.assert`)) === undefined ? [] : await readAssertions(files, `${system}/auto-import.assert`);
  assertHold(assertion, [...others, ...imported], trust);
  const model = parseModel(assertion);
  if (!model.extended) fault('seed-model', `The model ${model.name} is one of UC16 or UC18, and the seed is that of UC20 or later.`);
  return { assertion, model, snaps: joinSnaps(others, system), count: others.length + imported.length };
}

/** The assertions of a seed of UC16 and UC18, one file each, the model among them (snapd seed/seed16.go). `seed` is its folder. Throws as above. */
export async function readSeedAssertions16(files: SeedFiles, seed: string, trust: Trust): Promise<SystemAssertions> {
  const all = await readFolder(files, `${seed}/assertions`);
  const models = all.filter(({ type }) => type === 'model');
  const [assertion] = models;
  if (!assertion || models.length !== 1) return fault('seed-model', `There are ${models.length} models among ${seed}/assertions; a device wants one.`);
  const others = all.filter((each) => each !== assertion);
  assertHold(assertion, others, trust);
  const model = parseModel(assertion);
  if (model.extended) fault('seed-model', `The model ${model.name} is one of UC20 or later, and the seed is that of UC16 or UC18.`);
  return { assertion, model, snaps: joinSnaps(others, seed), count: others.length };
}

async function readFolder(files: SeedFiles, folder: string): Promise<Assertion[]> {
  const names = (await files.list(folder)) ?? fault('seed-assertions', `There is no folder ${folder} in the image.`);
  const all: Assertion[] = [];
  for (const name of names) {
    all.push(...(await readAssertions(files, `${folder}/${name}`)));
    if (all.length > MAX_ASSERTIONS) fault('seed-assertions', `${folder} has more than ${MAX_ASSERTIONS} assertions.`);
  }
  return all;
}

/** Throws Refusal `model-signature`, `assertion-signature` for the first that does not hold up to the roots by the others. */
export function assertHold(model: Assertion, others: readonly Assertion[], { anchors, now }: Trust): void {
  const trusted = new AssertionDatabase({ anchors, now }).add([model, ...others]);
  for (const each of [model, ...others]) {
    const verdict = trusted.check(each);
    if (!verdict.ok) fault(each === model ? 'model-signature' : 'assertion-signature', `The ${describeRef(each)} does not hold: ${verdict.broken.message}`);
  }
}

function joinSnaps(all: readonly Assertion[], system: string): SystemAssertions['snaps'] {
  const of = (type: string): Assertion[] => all.filter((each) => each.type === type);
  const [declarations, revisions, resources, pairs] = [of('snap-declaration'), of('snap-revision'), of('snap-resource-revision'), of('snap-resource-pair')];
  const same = (a: Assertion[], b: Assertion[], words: string): void => {
    if (a.length !== b.length) fault('seed-assertions', `${system}/assertions has ${a.length} ${words.replace('|', `, and ${b.length} `)}; a device wants as many of both.`);
  };
  same(declarations, revisions, 'snap-declarations|snap-revisions');
  same(resources, pairs, 'snap-resource-revisions|snap-resource-pairs');
  const byId = new Map<string, Assertion>();
  for (const each of declarations) {
    const [id, name] = [textOf(each.headers['snap-id']), textOf(each.headers['snap-name'])];
    if ([...byId.values()].some((other) => other.headers['snap-name'] === name)) fault('seed-assertions', `${system}/assertions declares the snap ${name} twice.`);
    byId.set(id, each);
  }
  const seen = new Set<string>();
  const snaps = revisions.map((revision) => {
    const id = textOf(revision.headers['snap-id']);
    const declaration = byId.get(id) ?? fault('seed-assertions', `${system}/assertions has a snap-revision of the snap id ${id}, and no snap-declaration.`);
    if (seen.has(id)) fault('seed-assertions', `${system}/assertions has two snap-revisions of the snap ${textOf(declaration.headers['snap-name'])}.`);
    seen.add(id);
    return { declaration, revision, resources: resources.filter((each) => each.headers['snap-id'] === id) };
  });
  for (const resource of resources) assertPaired(resource, pairs, snaps);
  return snaps;
}

function assertPaired(resource: Assertion, pairs: readonly Assertion[], snaps: SystemAssertions['snaps']): void {
  const [id, name, number] = ['snap-id', 'resource-name', 'resource-revision'].map((header) => textOf(resource.headers[header])) as [string, string, string];
  const snap = snaps.find(({ revision }) => revision.headers['snap-id'] === id);
  const provenance = textOf(resource.primaryKey[3]);
  const pair = pairs.find(({ headers, primaryKey }) => headers['snap-id'] === id && headers['resource-name'] === name && headers['resource-revision'] === number && headers['snap-revision'] === snap?.revision.headers['snap-revision'] && primaryKey[4] === provenance);
  if (!snap || !pair) fault('component-not-paired', `No assertion joins revision ${number} of the component ${name} to the revision of its snap (${id}) that is in the image.`);
  if (snap.resources.filter(({ headers }) => headers['resource-name'] === name).length > 1) fault('seed-assertions', `There are two snap-resource-revisions of the component ${name} of the snap ${id}.`);
}
