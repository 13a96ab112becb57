import type { Assertion } from '../assertion/assertion';
import type { BuildLock } from '../build/lock';
import { AppError } from '../errors';
import { auxInfoOf } from '../seed/aux-info';
import type { SeedSnap } from '../seed/plan-seed';
import type { ChosenSnap, FoundComponent, SnapFacts } from '../seed/seed-snap';
import type { SnapInfo } from '../snap/snap-yaml';
import { fetchChain } from '../trust/prerequisites';
import type { Warning } from '../warnings';
import type { FilePaths } from './fetch-snaps';
import { readFormatLimits, whyNotReadable, type FormatLimits } from './assertion-formats';
import { checkSnaps } from './check-snaps';
import { revisionKey } from './local-files';
import { readComponentInfo, readOnce, readSnapInfo } from './read-snap';
import type { ResolvedSnaps } from './resolve-snaps';
import { NO_WORD, type SnapSource } from './source';
import { warn, type Teller } from './teller';
import { orStopped, together } from './together';
import type { VerifiedModel } from './verify-model';

export type VerifiedSnap = SeedSnap & { /** On disk. */ path: string; declaration: Assertion | undefined; publisher: { id: string; displayName: string } };
export type VerifiedSnaps = { fromModel: VerifiedSnap[]; extras: VerifiedSnap[]; warnings: Warning[] };

export type VerifySnapsInput = {
  verified: VerifiedModel;
  lock: BuildLock | undefined;
  resolved: ResolvedSnaps;
  paths: FilePaths;
  source: SnapSource;
  /** Accounts that may publish a kernel or gadget for any brand, beside Canonical's. */
  trustedPublishers: readonly string[];
  allowKernelMismatch: boolean;
};

/** Every snap by its bytes: the assertion about this very digest, its chain up to a root, and that they speak of the snap the model means; then what a device would refuse. Throws AppError. */
export async function verifySnaps(input: VerifySnapsInput, teller: Teller): Promise<VerifiedSnaps> {
  const { resolved, source } = input;
  const limits = await readFormatLimits([...resolved.fromModel, ...resolved.extras].map(({ found }) => found), input.verified.model.extended, input.paths, teller.signal);
  const known = new Map<string, Promise<Assertion | undefined>>();
  // Snaps share their publishers' accounts and the store's key: each is asked for once.
  const ask = (type: string, primaryKey: string[]) => {
    const ref = [type, ...primaryKey].join('/');
    const asked = known.get(ref) ?? source.assertion(type, primaryKey, teller.signal, limits(type));
    known.set(ref, asked);
    return asked;
  };
  let done = 0;
  const all = [...resolved.fromModel, ...resolved.extras];
  const total = all.reduce((sum, { found }) => sum + found.sizeBytes, 0);
  const verify = async (snap: ChosenSnap, signal: AbortSignal): Promise<VerifiedSnap> => {
    const seeded = await verifySnap(snap, input, (type, primaryKey) => orStopped(ask(type, primaryKey), signal), { ...teller, signal });
    done += snap.found.sizeBytes;
    teller.progress(done, total);
    return seeded;
  };
  const snaps = await together(all, teller.signal, verify);
  const unreadable = whyNotReadable(snaps.flatMap(({ assertions }) => assertions), limits);
  if (unreadable !== undefined) throw new AppError('assertion-format-newer', unreadable);
  const fromModel = snaps.slice(0, resolved.fromModel.length);
  const extras = snaps.slice(resolved.fromModel.length);
  const ofSnaps = await checkSnaps(snaps, input, teller);
  const warnings = [...ofSnaps, ...warnOfAssertions(snaps, input.verified, limits)];
  warn(teller, warnings);
  const publishers = [...new Set(snaps.map(({ publisher }) => publisher.displayName))];
  const asserted = snaps.filter(({ found }) => found.snapId !== undefined);
  const words = `${asserted.length === snaps.length ? 'all' : `${asserted.length} of`} ${snaps.length} snaps`;
  teller.say(`Digest, size, name and publisher of ${words} hold up to a root. Published by ${publishers.join(', ')}.`);
  return { fromModel, extras, warnings };
}

function warnOfAssertions(
  snaps: readonly VerifiedSnap[],
  { extraAssertions }: VerifiedModel,
  limits: FormatLimits,
): Warning[] {
  const warnings: Warning[] = [];
  const unreadable = whyNotReadable(extraAssertions, limits);
  if (unreadable !== undefined) warnings.push({ code: 'assertion-format-newer', message: unreadable });
  const names = snaps.filter(({ found }) => found.snapId === undefined).map(({ found }) => found.name);
  if (names.length === 0) return warnings;
  const never = `devices will never refresh ${names.length === 1 ? 'it' : 'them'}`;
  const message = `No assertion speaks of ${names.join(', ')}: ${never}.`;
  return [...warnings, { code: 'snap-unasserted', message }];
}

type Ask = (type: string, primaryKey: string[]) => Promise<Assertion | undefined>;

async function verifySnap(snap: ChosenSnap, input: VerifySnapsInput, ask: Ask, teller: Teller): Promise<VerifiedSnap> {
  const { found } = snap;
  const path = input.paths.get(found.sha3_384);
  if (path === undefined) throw new TypeError(`${found.name} was not fetched`);
  const facts = isWhole(found.facts) ? found.facts : await readOnce(found.sha3_384, 'snap.yaml', () => readSnapInfo(path, { signal: teller.signal }));
  assertSaid(snap, facts);
  const components = await together(found.components, teller.signal, (component, signal) => verifyComponent(component, snap, facts, input, { ...teller, signal }));
  const whole = { ...snap, found: { ...found, facts, components }, auxInfo: input.lock?.snaps.find(({ name }) => name === found.name)?.auxInfo ?? auxInfoOf(input.resolved.offers.get(found.sha3_384)?.about ?? NO_WORD, facts.links), path };
  if (found.snapId === undefined) return { ...whole, assertions: [], declaration: undefined, publisher: { id: '', displayName: 'nobody' } };
  const vouched = await vouch(whole, input, ask, teller);
  const publisherId = String(vouched.declaration?.headers['publisher-id']);
  // The signed name, which is the same whoever gave the snap.
  const { embedded, predefined, assertions } = input.verified.trusted.anchors;
  const account = [...vouched.assertions, ...embedded, ...predefined, ...assertions].find((a) => a.type === 'account' && a.primaryKey[0] === publisherId);
  return { ...whole, ...vouched, publisher: { id: publisherId, displayName: String(account?.headers['display-name'] ?? publisherId) } };
}

const isWhole = (facts: SnapFacts): facts is SnapInfo => 'contentPlugs' in facts;

/** A store's word decided which snaps there are; the file's own has to be the same. */
function assertSaid({ found }: ChosenSnap, facts: SnapInfo): void {
  if (facts.name !== found.name) throw new AppError('snap-renamed', `The file of the snap ${found.name} says that its name is ${facts.name}.`);
  const differs = (['type', 'base'] as const).find((key) => (found.facts[key] ?? '') !== (facts[key] ?? ''));
  if (differs) throw new AppError('snap-metadata', `The store says that ${found.name} has the ${differs} ${found.facts[differs] ?? 'none'}, and the snap itself says ${facts[differs] ?? 'none'}. Tell whoever runs the store.`);
}

async function verifyComponent(component: FoundComponent, { found }: ChosenSnap, snap: SnapInfo, { paths }: VerifySnapsInput, { signal }: Teller): Promise<FoundComponent> {
  const word = `${found.name}+${component.name}`;
  const path = paths.get(component.sha3_384);
  if (path === undefined) throw new TypeError(`${word} was not fetched`);
  const info = component.info ?? (await readComponentInfo(path, { signal }));
  if (info.snapName !== found.name || info.name !== component.name) throw new AppError('component-renamed', `The file of the component ${word} says that it is ${info.snapName}+${info.name}.`);
  const declared = snap.components.get(component.name);
  if (declared === undefined) throw new AppError('component-unknown', `The snap ${found.name} has no component ${component.name}.`);
  if (declared !== info.type) throw new AppError('component-type', `The component ${word} is of type ${info.type}, and its snap says ${declared || 'none'}.`);
  if (info.provenance !== snap.provenance) throw new AppError('snap-provenance', `The component ${word} has the provenance ${info.provenance}, and its snap ${snap.provenance}.`);
  return { ...component, info };
}

/** What is signed about a snap and its components, against what was said and what there is (snapd asserts/snapasserts). */
async function vouch(snap: ChosenSnap<SnapInfo>, { verified }: VerifySnapsInput, ask: Ask, { signal }: Teller): Promise<Pick<VerifiedSnap, 'assertions' | 'declaration'>> {
  const { found } = snap;
  const { trusted } = verified;
  const revision = await ask('snap-revision', revisionKey(found.sha3_384, found.facts.provenance));
  if (!revision) throw new AppError('snap-not-asserted', `There is no assertion about the bytes of ${found.name} revision ${found.revision}, so nobody vouches for them.`);
  const ofComponents = await Promise.all(found.components.map((component) => componentAssertions(snap, component, ask)));
  const assertions = await fetchChain([revision, ...ofComponents.flat()], ask, { anchors: verified.trusted.anchors, signal });
  trusted.add(assertions);
  const declaration = assertions.find((a) => a.type === 'snap-declaration' && a.headers['snap-id'] === revision.headers['snap-id']);
  if (!declaration) throw new AppError('snap-not-asserted', `There is no declaration of the snap ${found.name}.`);
  // A name that was taken back, before the other links are looked at.
  if (declaration.headers['snap-name'] === '') throw new AppError('snap-revoked', `The name ${found.name} has been taken back from its snap. Remove it from the model and sign again.`);
  for (const each of [revision, ...ofComponents.flat()]) {
    const verdict = trusted.check(each);
    if (!verdict.ok) throw new AppError('snap-signature', `Nobody trusted vouches for ${found.name} revision ${found.revision}: ${verdict.broken.message}`, { details: { link: verdict.broken } });
  }
  crossCheck(snap, revision, declaration);
  return { assertions, declaration };
}

/** In the order in which they are written: what speaks of the component's bytes, then what joins it to the snap's revision. */
async function componentAssertions({ found }: ChosenSnap<SnapInfo>, component: FoundComponent, ask: Ask): Promise<Assertion[]> {
  const word = `${found.name}+${component.name}`;
  const provenance = component.info!.provenance;
  const revision = await ask('snap-resource-revision', [found.snapId!, component.name, ...revisionKey(component.sha3_384, provenance)]);
  if (!revision) throw new AppError('component-not-asserted', `There is no assertion about the bytes of the component ${word}, so nobody vouches for them.`);
  if (Number(revision.headers['resource-size']) !== component.sizeBytes) throw new AppError('snap-size', `The component ${word} has ${component.sizeBytes} bytes, and ${String(revision.headers['resource-size'])} are signed.`);
  if (Number(revision.headers['resource-revision']) !== component.revision) throw new AppError('snap-revision', `The component ${word} was given as revision ${component.revision}, and ${String(revision.headers['resource-revision'])} is signed.`);
  const tail = provenance === 'global-upload' ? [] : [provenance];
  const pair = await ask('snap-resource-pair', [found.snapId!, component.name, String(component.revision), String(found.revision), ...tail]);
  if (!pair) throw new AppError('component-not-paired', `No assertion joins revision ${component.revision} of the component ${word} to revision ${found.revision} of its snap.`);
  return [revision, pair];
}

function crossCheck({ found, modelSnap }: ChosenSnap<SnapInfo>, revision: Assertion, declaration: Assertion): void {
  const differs = (code: string, what: string, signed: unknown, said: unknown) => {
    if (String(signed) === String(said)) return;
    throw new AppError(code, `The snap ${found.name} was given with the ${what} ${String(said)}, but ${String(signed)} is signed. Build again; if it stays, tell whoever runs the store.`);
  };
  differs('snap-size', 'size', revision.headers['snap-size'], found.sizeBytes);
  differs('snap-id', 'snap id', revision.headers['snap-id'], found.snapId);
  differs('snap-revision', 'revision', revision.headers['snap-revision'], found.revision);
  differs('snap-renamed', 'name', declaration.headers['snap-name'], found.name);
  if (modelSnap?.snapId !== undefined && modelSnap.snapId !== found.snapId) {
    throw new AppError('snap-id', `The model gives the snap ${modelSnap.name} the id ${modelSnap.snapId}, but that name has the id ${found.snapId}. Put the right id into the model and sign it again.`);
  }
}
