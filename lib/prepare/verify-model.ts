import type { Assertion } from '../assertion/assertion';
import { AppError, isAppError } from '../errors';
import { parseModel, type Model } from '../model/model';
import { AssertionDatabase } from '../trust/database';
import { fetchChain } from '../trust/prerequisites';
import type { TrustAnchors } from '../trust/types';
import { validationSetKey } from '../seed/validation-sets';
import type { ImageOptions } from './options';
import type { SnapSource } from './source';
import type { Teller } from './teller';

export type VerifiedModel = {
  assertion: Assertion;
  model: Model;
  /** What it needs, prerequisites first: account and key it is signed with, its store, its validation sets. Without the model and without anchors. */
  chain: Assertion[];
  /** With the sequence that counts. */
  validationSets: Assertion[];
  /** What is to be seeded beside, with its prerequisites. */
  extraAssertions: Assertion[];
  /** Everything verified so far; later steps add to it. */
  trusted: AssertionDatabase;
  /** Verified up to Canonical's root and nothing else. */
  production: boolean;
};

/** snapd image/image_linux.go: such models parse, but no image is made of them. */
const RESERVED_HEADERS = ['core', 'os', 'class', 'allowed-modes'];
/** They are for the seed to add, not for its maker. */
const NOT_BESIDE = ['snap-declaration', 'snap-revision', 'model', 'serial', 'validation-set'];

export type ModelInput = { assertion: Assertion; options: Pick<ImageOptions, 'assertions' | 'sequences' | 'validation'>; source: SnapSource; anchors: TrustAnchors; now: Date };

/** A model whose word counts, with all that vouches for it. Throws AppError: what is wrong with the model, its signature, its validation sets or what is to be seeded beside. */
export async function verifyModel({ assertion, options, source, anchors, now }: ModelInput, { signal, say }: Teller): Promise<VerifiedModel> {
  if (assertion.type !== 'model') throw new AppError('not-a-model', `This is an assertion of type ${assertion.type}, not a model.`);
  const reserved = RESERVED_HEADERS.filter((name) => name in assertion.headers);
  if (reserved.length > 0) throw new AppError('model-reserved-header', `The model has the reserved header ${reserved.join(', ')}; no image can be made of it. Remove it, sign again and build.`);
  const model = parseModel(assertion);
  if (model.series !== '16') throw new AppError('model-series', `The model is of series ${model.series}; images are made of series 16 only.`);
  if (model.classic) throw new AppError('model-not-supported', 'This is the model of a classic system. Its disk is made by an installer; images are made of Ubuntu Core models.');

  const trusted = new AssertionDatabase({ anchors, now });
  const ask = (type: string, primaryKey: string[]) => source.assertion(type, primaryKey, signal);
  const obtain = (starts: readonly Assertion[]) => fetchChain(starts, ask, { anchors, signal });
  const own = await obtain([assertion]).catch((cause: unknown) => {
    if (!isAppError(cause) || !['assertion-missing', 'chain-circular', 'chain-too-long'].includes(cause.code)) throw cause;
    throw new AppError('model-signature', `The model's signature does not lead to a root that is trusted: ${cause.message}`, { cause });
  });
  trusted.add(own);
  assertHolds(trusted, assertion, 'model-signature', "The model's signature does not hold");

  const store = model.store === '' ? undefined : await ask('store', [model.store]);
  const validationSets = await findValidationSets(model, options, source, signal);
  const chain = await obtain([assertion, ...(store ? [store] : []), ...validationSets]);
  trusted.add(chain);
  if (store) assertHolds(trusted, store, 'store-signature', `The assertion about the store ${model.store} does not hold`);
  for (const set of validationSets) assertHolds(trusted, set, 'valset-signature', `The validation set ${validationSetKey(set)} does not hold`);

  const extraAssertions = await obtainExtras(options.assertions, model, source, anchors, signal);
  trusted.add(extraAssertions);
  for (const extra of options.assertions) assertHolds(trusted, extra, 'assertion-signature', `The ${extra.type} ${extra.primaryKey.join('/')} that is to be seeded does not hold`);

  const production = trusted.isProduction(assertion);
  say(`Model ${model.name} revision ${model.revision} is signed by ${model.brandId} and verifies up to ${production ? "Canonical's root" : 'a root that devices in the field do not trust'}.`);
  return { assertion, model, chain: chain.filter((each) => each !== assertion), validationSets, extraAssertions, trusted, production };
}

function assertHolds(trusted: AssertionDatabase, assertion: Assertion, code: string, sentence: string): void {
  const verdict = trusted.check(assertion);
  if (!verdict.ok) throw new AppError(code, `${sentence}: ${verdict.broken.message}`, { details: { link: verdict.broken } });
}

/** The sets of the model at the sequence that the model, or else the caller, or else the store says (snapd seed/seedwriter/writer.go). */
async function findValidationSets(model: Model, { sequences, validation }: ModelInput['options'], source: SnapSource, signal: AbortSignal): Promise<Assertion[]> {
  const sets: Assertion[] = [];
  const asked = new Map(sequences);
  for (const { accountId, name, sequence, mode } of model.validationSets) {
    const key = `${accountId}/${name}`;
    if (validation === 'ignore' && mode === 'enforce') throw new AppError('valset-enforced', `The model wants the validation set ${key} enforced, and validation is to be ignored. Drop that wish, or make the model's mode prefer-enforce.`);
    const wished = asked.get(key);
    asked.delete(key);
    if (wished !== undefined && sequence !== undefined && wished !== sequence) throw new AppError('valset-sequence', `The model pins the validation set ${key} at sequence ${sequence}; ${wished} cannot be asked for.`);
    const number = sequence ?? wished;
    const set = number === undefined ? await source.latest('validation-set', ['16', accountId, name], signal) : await source.assertion('validation-set', ['16', accountId, name, String(number)], signal);
    if (!set) throw new AppError('valset-missing', `The validation set ${key}${number === undefined ? '' : ` at sequence ${number}`}, which the model names, cannot be found. Check its name and sequence, and whether it was published.`);
    sets.push(set);
  }
  const [stray] = asked.keys();
  if (stray !== undefined) throw new AppError('valset-unknown', `The model names no validation set ${stray}, so no sequence of it can be asked for.`);
  return sets;
}

async function obtainExtras(extras: readonly Assertion[], model: Model, source: SnapSource, anchors: TrustAnchors, signal: AbortSignal): Promise<Assertion[]> {
  for (const { type, headers } of extras) {
    if (NOT_BESIDE.includes(type)) throw new AppError('assertion-not-allowed', `An assertion of type ${type} cannot be given: what the snaps and the model need is added by itself. Leave the file out.`);
    if (type !== 'system-user') continue;
    if (model.grade !== 'dangerous') throw new AppError('model-grade-forbids-system-user', `Only a model of grade dangerous takes a system-user in its image; the model's is ${model.grade ?? 'that of UC16 or UC18'}. Make a dangerous variant, or give the assertion on a USB stick.`);
    if (typeof headers['password'] === 'string' && headers['password'] !== '') throw new AppError('system-user-password', 'The system-user has a password, and an image is read by whoever holds it. Use SSH keys instead.');
  }
  // What is given comes before what is asked for, in the order given.
  const given = new Map(extras.map((each) => [`${each.type}/${each.primaryKey.join('/')}`, each]));
  return extras.length === 0 ? [] : fetchChain(extras, async (type, primaryKey) => given.get(`${type}/${primaryKey.join('/')}`) ?? source.assertion(type, primaryKey, signal), { anchors, signal });
}
