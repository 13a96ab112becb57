import { AppError } from '../errors';
import type { Model, ModelSnap } from '../model/model';
import { mergeChannel, mergePinned, parseChannel } from '../snap/channel';
import { isSnapName, whyNotSnapName } from '../snap/names';
import type { Warning } from '../warnings';
import { howToHave, optionalOf } from './how-to-have';
import { isSameSnap, modesOf, type ChosenSnap, type FoundSnap, type SnapFacts } from './seed-snap';

export type ChooseErrorCode =
  | 'snap-name-invalid'
  | 'snap-instance'
  | 'snap-repeated'
  | 'channel-invalid'
  | 'channel-pinned'
  | 'channel-differs'
  | 'base-missing'
  | 'gadget-base'
  | 'component-unknown'
  | 'component-not-supported'
  | 'component-without-file'
  | 'model-grade-forbids-channel'
  | 'model-grade-forbids-extra'
  | 'model-grade-forbids-local'
  | 'model-grade-forbids-devmode';

/** A snap that is named beside the model: to choose an optional one, another channel, components, or an extra. */
export type NamedOption = { name: string; channel?: string | undefined; components: readonly string[] };
/** A snap that is given as a file. `file` names it in messages. */
export type LocalOption<Facts extends SnapFacts> = { file: string; channel?: string | undefined; found: FoundSnap<Facts> };
export type SnapOption<Facts extends SnapFacts> = NamedOption | LocalOption<Facts>;

export type ChooseInput<Facts extends SnapFacts> = {
  model: Model;
  /** For every snap; empty for none. */
  channel: string;
  options: readonly SnapOption<Facts>[];
  /** Gives each wanted snap, in order; asked once a batch. */
  download(wanted: readonly SnapToDownload[]): Promise<FoundSnap<Facts>[]>;
  warn(warning: Warning): void;
};
export type SnapToDownload = { name: string; snapId: string | undefined; channel: string; /** Sorted. */ components: readonly string[] };

export type ChosenSnaps<Facts extends SnapFacts> = { /** In seed order: snapd, kernel, boot base, gadget, the others, what they imply. */ fromModel: ChosenSnap<Facts>[]; extras: ChosenSnap<Facts>[] };

const fail = (code: ChooseErrorCode, message: string): never => {
  throw new AppError<ChooseErrorCode>(code, message);
};

const isLocal = <F extends SnapFacts>(option: SnapOption<F>): option is LocalOption<F> => 'found' in option;
const wordOf = <F extends SnapFacts>(option: SnapOption<F>): string => (isLocal(option) ? option.file : option.name);
const refOf = <F extends SnapFacts>(option: SnapOption<F>): { name: string; snapId?: string | undefined } => (isLocal(option) ? option.found : option);

/**
 * Which snaps a seed has, at which channels, in which order (snapd seed/seedwriter/writer.go): the model's batch, what it implies, the extras, what
 * they imply. What the snaps are is judged by `checkSeed`; here only what decides the choice. Throws AppError with a ChooseErrorCode, and whatever `download` throws.
 */
export async function chooseSnaps<Facts extends SnapFacts>(input: ChooseInput<Facts>): Promise<ChosenSnaps<Facts>> {
  const { model, options, warn } = input;
  checkOptions(input);
  const merged = mergeNamedIntoLocal(options, model, warn);
  const seed: ChosenSnaps<Facts> = { fromModel: [], extras: [] };
  const needs = new ImpliedCore(model, warn);

  const pick = async (into: ChosenSnap<Facts>[], choices: Choice<Facts>[]) => {
    const wanted = choices.flatMap((choice) => (choice.found ? [] : [toDownload(choice)]));
    const found = wanted.length > 0 ? await input.download(wanted) : [];
    let next = 0;
    const chosen = choices.map((choice): ChosenSnap<Facts> => {
      const got = choice.found ?? found[next++]!;
      return { found: got, modelSnap: choice.modelSnap, channel: got.redirectChannel || choice.channel, local: choice.found !== undefined, isOption: choice.isOption };
    });
    into.push(...chosen);
    const all = [...seed.fromModel, ...seed.extras];
    for (const each of chosen) {
      checkGrade(each, model);
      checkRedirect(each, model);
      needs.consider(each, all);
    }
  };

  await pick(seed.fromModel, model.snaps.flatMap((snap) => chooseModelSnap(snap, merged, input)));
  if (needs.core(seed.fromModel)) await pick(seed.fromModel, chooseModelSnap(IMPLIED_CORE, merged, input));
  const extra = merged.filter((option) => !seed.fromModel.some(({ found }) => isSameSnap(found, refOf(option))));
  if (extra.length > 0) {
    if (model.extended && model.grade !== 'dangerous') fail('model-grade-forbids-extra', `The model does not list ${extra.map(wordOf).join(', ')}, and only the grade dangerous allows that; the model's is ${model.grade}. Add ${extra.length === 1 ? 'it' : 'them'} to the model and sign again.`);
    await pick(seed.extras, extra.map((option) => chooseExtra(option, input)));
    if (needs.core([...seed.fromModel, ...seed.extras])) await pick(seed.extras, [chooseExtra({ name: 'core', components: [] }, input)]);
  }
  return seed;
}

/** A snap before it is at hand. */
type Choice<Facts extends SnapFacts> = { name: string; snapId: string | undefined; channel: string; components: readonly string[]; modelSnap: ModelSnap | undefined; found: FoundSnap<Facts> | undefined; isOption: boolean };
const toDownload = <F extends SnapFacts>({ name, snapId, channel, components }: Choice<F>): SnapToDownload => ({ name, snapId, channel, components: [...components].sort() });

function checkOptions<F extends SnapFacts>({ model, channel, options }: ChooseInput<F>): void {
  const isFree = !model.extended || model.grade === 'dangerous';
  if (channel !== '') {
    if (!parseChannel(channel)) fail('channel-invalid', `"${channel.slice(0, 80)}" is no channel; write track/risk, such as latest/stable.`);
    if (!isFree) fail('model-grade-forbids-channel', `A model of grade ${model.grade} fixes the channels of its snaps; the channel ${channel} cannot be asked for. Make a variant of the model with the other channel and sign it.`);
  }
  const named = new Set<string>();
  for (const option of options) {
    if (!isLocal(option)) checkName(option, named, model);
    if (option.channel === undefined || option.channel === '') continue;
    if (!parseChannel(option.channel)) fail('channel-invalid', `"${option.channel.slice(0, 80)}", asked for ${wordOf(option)}, is no channel; write track/risk, such as latest/stable.`);
    if (!isFree) fail('model-grade-forbids-channel', `A model of grade ${model.grade} fixes the channels of its snaps; ${wordOf(option)} cannot be had from ${option.channel}. Without a channel, a name chooses an optional snap of the model.`);
  }
}

function checkName({ name, components }: NamedOption, named: Set<string>, model: Model): void {
  if (name.includes('_')) fail('snap-instance', `"${name.slice(0, 80)}" names a parallel instance, and images have none.`);
  if (!isSnapName(name)) fail('snap-name-invalid', `The snap name "${name.slice(0, 80)}" ${whyNotSnapName(name)}.`);
  if (named.has(name)) fail('snap-repeated', `The snap ${name} is asked for twice.`);
  named.add(name);
  if (components.length > 0 && !model.extended) fail('component-not-supported', `Components came with Ubuntu Core 20; an image of this model cannot have ${name}+${components[0]}.`);
}

/** A file and a name may mean the same snap; then the name's channel is the file's. Of a file's components only files are taken. */
function mergeNamedIntoLocal<F extends SnapFacts>(options: readonly SnapOption<F>[], model: Model, warn: (warning: Warning) => void): SnapOption<F>[] {
  const locals = options.filter(isLocal);
  locals.forEach((local, i) => {
    if (locals.findIndex((other) => isSameSnap(other.found, local.found)) !== i) fail('snap-repeated', `The file ${local.file} is the snap ${local.found.name}, which another file is already.`);
  });
  return options.flatMap((option): SnapOption<F>[] => {
    if (!isLocal(option)) return locals.some(({ found }) => isSameSnap(found, option)) ? [] : [option];
    const named = options.find((other): other is NamedOption => !isLocal(other) && isSameSnap(other, option.found));
    if (named?.components[0] !== undefined) {
      const sentence = `The snap ${named.name} is given as a file (${option.file}), so its component ${named.name}+${named.components[0]} has to be given as a file too`;
      if (!model.snaps.some((snap) => isSameSnap(snap, option.found))) fail('component-without-file', `${sentence}.`);
      warn({ code: 'component-left-out', message: `${sentence}; it is left out.` });
    }
    if (!named?.channel) return [option];
    if (option.channel && option.channel !== named.channel) fail('channel-differs', `The snap ${named.name} is asked for in two channels: ${option.channel} for ${option.file}, and ${named.channel} by its name.`);
    return [{ ...option, channel: named.channel }];
  });
}

function chooseModelSnap<F extends SnapFacts>(snap: ModelSnap, options: readonly SnapOption<F>[], input: ChooseInput<F>): Choice<F>[] {
  const option = options.find((each) => isSameSnap(refOf(each), snap));
  const found = option && isLocal(option) ? option.found : undefined;
  if (snap.presence === 'optional' && option === undefined) return [];
  const named = option && !isLocal(option) ? option.components : [];
  const isFree = !input.model.extended || input.model.grade === 'dangerous';
  const stray = named.find((name) => snap.components[name] === undefined);
  if (stray !== undefined && !isFree) fail('model-grade-forbids-extra', `The model does not list the component ${snap.name}+${stray}, and only the grade dangerous allows that; the model's is ${input.model.grade}.`);
  const listed = Object.entries(snap.components).flatMap(([name, { presence }]) => (presence === 'required' || named.includes(name) ? [name] : []));
  const channel = channelOf(snap, option?.channel || input.channel, input.model);
  return [{ name: snap.name, snapId: snap.snapId, channel, components: [...new Set([...listed, ...named])], modelSnap: snap, found, isOption: option !== undefined }];
}

function chooseExtra<F extends SnapFacts>(option: SnapOption<F>, { model, channel }: ChooseInput<F>): Choice<F> {
  const found = isLocal(option) ? option.found : undefined;
  const { name, snapId } = refOf(option);
  return { name, snapId, channel: mergeChannel(policyChannel(model), option.channel || channel || undefined), components: isLocal(option) ? [] : option.components, modelSnap: undefined, found, isOption: true };
}

/** UC20 and later take no default tracks; before, the store decided them. */
const policyChannel = (model: Model): string => (model.extended ? 'latest/stable' : 'stable');

function channelOf(snap: ModelSnap, option: string, model: Model): string {
  if (snap.pinnedTrack !== '') return mergePinned(snap.pinnedTrack, option || undefined);
  return mergeChannel(snap.defaultChannel || policyChannel(model), option || undefined);
}

/** A snap that no one lists and that others need: of the model, as far as options, paths and files go. */
const IMPLIED_CORE: ModelSnap = { name: 'core', snapId: undefined, type: 'core', presence: 'required', modes: ['run'], defaultChannel: '', pinnedTrack: '', classic: false, components: {}, essential: false, implied: true };

function checkGrade<F extends SnapFacts>({ found, local }: ChosenSnap<F>, model: Model): void {
  if (!model.extended || model.grade === 'dangerous') return;
  if (local && found.snapId === undefined) fail('model-grade-forbids-local', `No assertion speaks of the file of ${found.name}, and only the grade dangerous takes such; the model's is ${model.grade}.`);
  if (found.facts.confinement === 'devmode') fail('model-grade-forbids-devmode', `The snap ${found.name} is in devmode, and only the grade dangerous allows that; the model's is ${model.grade}.`);
}

/** What a store gives from elsewhere stands in options.yaml, which only the grade dangerous has (snapd seed/seedwriter/seed20.go). */
function checkRedirect<F extends SnapFacts>({ found, modelSnap, channel }: ChosenSnap<F>, model: Model): void {
  if (!model.extended || model.grade === 'dangerous' || modelSnap === undefined || channel === modelSnap.defaultChannel) return;
  fail('model-grade-forbids-channel', `The store gives ${found.name} from the channel ${channel} instead of ${modelSnap.defaultChannel}, and a model of grade ${model.grade} fixes the channels of its snaps. Make a variant of the model with that channel and sign it.`);
}

/** What snaps without a base lean on, and whether their bases are there by the time they are looked at (snapd seed/seedwriter/seed16.go, seed20.go). */
class ImpliedCore {
  readonly #core: string[] = [];
  readonly #core16: string[] = [];
  readonly #model: Model;
  readonly #warn: (warning: Warning) => void;

  constructor(model: Model, warn: (warning: Warning) => void) {
    this.#model = model;
    this.#warn = warn;
  }

  consider({ found, modelSnap, isOption }: ChosenSnap, all: readonly ChosenSnap[]): void {
    const { type, base } = found.facts;
    if (type === 'gadget' && !this.#model.classic && (base ?? '') !== this.#model.base) fail('gadget-base', `The gadget ${found.name} is for the base ${base ?? 'core'}, and the model has ${this.#model.base || 'core'}. Choose the gadget's channel for ${this.#model.base || 'core'}.`);
    const leansOnCore = base === undefined && (type === 'app' || type === 'gadget');
    if (base === 'none' || (base === undefined && !leansOnCore)) return;
    if (this.#model.extended) {
      // An option may bring a base along in a later batch; `checkSeed` looks again at the end.
      if (this.#model.grade === 'dangerous' && isOption) return;
      const needed = base ?? 'core';
      const modes = modesOf({ modelSnap }).join(', ');
      if (isThere(needed, modesOf({ modelSnap }), all)) return;
      const listed = { optional: optionalOf(this.#model), seeded: all.map((each) => each.found.name) };
      const lacks = `The snap ${found.name} needs the base ${needed}`;
      const how = howToHave(needed, modes, listed);
      fail('base-missing', `${lacks}, which is not there in all of its modes (${modes}). ${how}`);
    } else if (leansOnCore) {
      this.#core.push(found.name);
    } else if (base === 'core16' && !isThere(base, ['run'], all)) {
      this.#core16.push(found.name);
    } else if (!isThere(base!, ['run'], all)) {
      fail('base-missing', `The snap ${found.name} needs the base ${base}, which is not among the snaps. Add ${base} to the model and sign again.`);
    }
  }

  #whyAdded(): string {
    const need = `${this.#core.join(', ')} need${this.#core.length === 1 ? 's' : ''}`;
    const what = `The model has the base ${this.#model.base}, but ${need} core as a base too`;
    return `${what}: it is added. Better list core in the model.`;
  }

  /** Whether `core` is to be added for what was considered so far. */
  core(all: readonly ChosenSnap[]): boolean {
    if (isThere('core', ['run'], all)) return false;
    if (this.#core.length > 0) {
      if (this.#model.base !== '') this.#warn({ code: 'core-added', message: this.#whyAdded() });
      return true;
    }
    if (this.#core16.length > 0) fail('base-missing', `${this.#core16.join(', ')} need${this.#core16.length === 1 ? 's' : ''} the base core16, and neither core16 nor core is among the snaps. Add core to the model and sign again.`);
    return false;
  }
}

/** A named mode has what is there in every ephemeral one. */
const isThere = (name: string, modes: readonly string[], all: readonly ChosenSnap[]): boolean =>
  modes.every((mode) => all.some((each) => each.found.name === name && (modesOf(each).includes(mode) || (mode !== 'run' && mode !== 'ephemeral' && modesOf(each).includes('ephemeral')))));
