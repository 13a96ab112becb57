import type { HeaderMap, Headers, HeaderValue } from '../assertion/assertion';
import { parseInteger } from '../assertion/scalars';
import { fullChannel, parseChannel } from '../snap/channel';
import { baseWords, trackOfBase } from './bases';
import { isMap, orList, plainText, writtenValue, type SnapFacts } from './check/report';
import { sameValue } from './diff-values';
import { defaultStorageSafety, GRADE_IS_FOR_LIFE, isGrade } from './grades';

export type Verdict = 'allowed' | 'warned' | 'blocked';
export type RemodelRule = { id: string; verdict: Verdict; message: string };
/** The worst of its rules, and all of them in the order in which a device asks them. */
export type RemodelVerdict = { verdict: Verdict; rules: RemodelRule[] };
/** What the store says about the new model's snaps, by name; without it bases and providers are judged by what the models say alone. */
export type RemodelFacts = { snaps?: ReadonlyMap<string, Pick<SnapFacts, 'channels'> | null> };

type Snap = { name: string; type: string; channel: string };

/** What a device looks at in a model. */
type Side = {
  headers: Headers;
  brand: string;
  name: string;
  revision: bigint;
  classic: boolean;
  /** Empty in the dialect without `snaps`. */
  grade: string;
  base: string;
  kernel: Snap | undefined;
  gadget: Snap | undefined;
  snaps: Snap[];
};

type Judgement = [verdict: Verdict, message: string];
type Rule = (from: Side, to: Side, facts: RemodelFacts) => Judgement;

/** In the order of snapd overlord/devicestate/devicestate.go (Remodel, remodelTasks). What depends on the device alone is told as a condition. */
const RULES: Record<string, Rule> = {
  revision: judgeRevision,
  serial: (from, to) => (kindOf(from, to) === 'update' ? ['allowed', 'Devices need their serial. One without it takes this only offline.'] : ['warned', 'Devices need their serial: one without it cannot take this.']),
  series: (from, to) => same(from, to, 'series', 'The series stays.', 'Devices cannot go to another series.'),
  'classic-system': (from) => (from.classic && !from.kernel ? ['blocked', 'A classic system without a kernel snap cannot remodel at all.'] : ['allowed', 'Devices boot a kernel snap.']),
  classic: (from, to) => (from.classic === to.classic ? ['allowed', from.classic ? 'Both are classic.' : 'Both are Ubuntu Core.'] : ['blocked', 'Devices cannot go between Ubuntu Core and classic. They must be flashed again.']),
  grade: judgeGrade,
  base: judgeBase,
  architecture: (from, to) => same(from, to, 'architecture', 'The architecture stays.', 'Devices cannot go to another architecture.'),
  registration: judgeRegistration,
  store: judgeStore,
  'validation-sets': (from, to) => [
    'allowed',
    sameValue(writtenValue(from.headers, 'validation-sets'), writtenValue(to.headers, 'validation-sets')) ? 'The validation sets stay.' : 'Devices take other validation sets, as long as these neither forbid a snap of the model nor require one that it does not.',
  ],
  'gadget-base': judgeGadgetBase,
  'self-contained': judgeSelfContained,
  'gadget-layout': judgeGadgetLayout,
  'storage-safety': (from, to) => ['allowed', storageSafetyOf(from) === storageSafetyOf(to) ? 'The storage safety stays.' : 'Devices take another storage safety, but their storage stays encrypted or not as it is until they are flashed again.'],
  'removed-snaps': judgeRemoved,
  'signing-key': judgeSigningKey,
};

/**
 * Whether a device of the one model may become a device of the other. Takes the headers of models, signed or as they will be; a revision that is missing is 0.
 * Judges any heap of values: what is no text, list or map where one belongs counts as missing.
 */
export function remodelVerdict(from: Headers, to: Headers, facts: RemodelFacts = {}): RemodelVerdict {
  const sides = [sideOf(from), sideOf(to)] as const;
  const rules = Object.entries(RULES).map(([id, judge]): RemodelRule => {
    const [verdict, message] = judge(...sides, facts);
    return { id, verdict, message };
  });
  const worst = (['blocked', 'warned'] as const).find((verdict) => rules.some((rule) => rule.verdict === verdict));
  return { verdict: worst ?? 'allowed', rules };
}

function sideOf(headers: Headers): Side {
  const extended = Array.isArray(writtenValue(headers, 'snaps'));
  const base = plainText(headers, 'base');
  const snaps = extended ? listedSnaps(headers, base) : namedSnaps(headers);
  return {
    headers,
    brand: plainText(headers, 'brand-id'),
    name: plainText(headers, 'model'),
    revision: parseInteger(plainText(headers, 'revision')) ?? 0n,
    classic: plainText(headers, 'classic') === 'true',
    grade: extended ? plainText(headers, 'grade') || 'signed' : '',
    base,
    kernel: snaps.find((snap) => snap.type === 'kernel'),
    gadget: snaps.find((snap) => snap.type === 'gadget'),
    snaps,
  };
}

function listedSnaps(headers: Headers, base: string): Snap[] {
  const listed = (headers.snaps as HeaderValue[]).filter(isMap).map((entry) => ({ name: plainText(entry, 'name'), type: plainText(entry, 'type') || 'app', channel: channelOf(entry) }));
  return base === '' || listed.some((snap) => snap.name === base) ? listed : [...listed, { name: base, type: 'base', channel: 'latest/stable' }];
}

const channelOf = (entry: HeaderMap): string => plainText(entry, 'default-channel') || 'latest/stable';

/** The dialect of UC16 and UC18, and of classic models without snaps. */
function namedSnaps(headers: Headers): Snap[] {
  const one = (text: string, type: string): Snap[] => {
    const [name = '', track = ''] = text.split('=');
    return name === '' ? [] : [{ name, type, channel: track }];
  };
  const required = writtenValue(headers, 'required-snaps');
  const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  return [...one(plainText(headers, 'kernel'), 'kernel'), ...one(plainText(headers, 'gadget'), 'gadget'), ...one(plainText(headers, 'base'), 'base'), ...names.map((name) => ({ name, type: 'app', channel: '' }))];
}

/** As snapd overlord/devicestate/remodel.go ClassifyRemodel. */
function kindOf(from: Side, to: Side): 'registration' | 'store' | 'update' {
  if (from.brand !== to.brand || from.name !== to.name) return 'registration';
  return plainText(from.headers, 'store') === plainText(to.headers, 'store') ? 'update' : 'store';
}

function same(from: Side, to: Side, header: string, stays: string, changes: string): Judgement {
  const [a, b] = [from, to].map((side) => plainText(side.headers, header));
  return a === b ? ['allowed', stays] : ['blocked', `${header} ${a || '(none)'} → ${b || '(none)'}. ${changes}`];
}

function judgeRevision(from: Side, to: Side): Judgement {
  if (kindOf(from, to) === 'registration') return ['allowed', 'Another model counts its own revisions.'];
  if (to.revision < from.revision) return ['blocked', `Revision ${to.revision} is older than revision ${from.revision}, which devices know already. Sign the model again to give it a higher one.`];
  return ['allowed', to.revision === from.revision ? `Both are revision ${to.revision}, which devices take.` : `Revision ${from.revision} → ${to.revision} goes forward.`];
}

function judgeGrade(from: Side, to: Side): Judgement {
  if (from.grade === to.grade) return ['allowed', 'The grade stays.'];
  if (from.grade === '') return ['blocked', 'Devices of Ubuntu Core 16 and 18 cannot become devices of Ubuntu Core 20 and later. They must be flashed again.'];
  if (to.grade === '') return ['blocked', 'Devices of Ubuntu Core 20 and later cannot go back to Ubuntu Core 16 or 18. They must be flashed again.'];
  return ['blocked', `grade ${from.grade} → ${to.grade}. ${GRADE_IS_FOR_LIFE}`];
}

function judgeBase(from: Side, to: Side): Judgement {
  if (from.base === to.base) return ['allowed', 'The base stays.'];
  const change = `${baseWords(from.base)} → ${baseWords(to.base)}`;
  if (from.base === '' || to.base === '') return ['blocked', `${change}: devices cannot go between Ubuntu Core 16, which has no base, and later ones.`];
  const [a, b] = [Number(trackOfBase(from.base)), Number(trackOfBase(to.base))];
  return b < a ? ['warned', `${change}: nothing refuses to go back, but it is not supported.`] : ['allowed', `${change}: devices take another base when the gadget is made for it.`];
}

function judgeRegistration(from: Side, to: Side): Judgement {
  if (kindOf(from, to) !== 'registration') return ['allowed', 'Brand and model stay.'];
  const what = from.brand === to.brand ? `another model (${from.name} → ${to.name})` : `another brand (${from.brand} → ${to.brand})`;
  return ['warned', `For ${what} devices need a new serial. The store must allow this remodel, and it does not work offline.`];
}

function judgeStore(from: Side, to: Side): Judgement {
  const [a, b] = [from, to].map((side) => plainText(side.headers, 'store'));
  return a === b ? ['allowed', 'The store stays.'] : ['warned', `store ${a || '(public)'} → ${b || '(public)'}: devices must get a session of the new store, and may need a new serial for it.`];
}

/** The two digits that tracks such as `24` and `18-pi3` begin with. */
const generationOf = (channel: string): string | undefined => /^(\d\d)(?:-|$)/.exec(parseChannel(channel)?.track ?? '')?.[1];
const CANONICAL_GADGETS = ['pc', 'pi'];

function releasedBase(snap: Snap, architecture: string, { snaps }: RemodelFacts): string | undefined {
  const wanted = fullChannel(snap.channel);
  const released = snaps?.get(snap.name)?.channels.find((c) => wanted !== undefined && fullChannel(c.channel) === wanted && (c.architecture === architecture || c.architecture === 'all'));
  return released && (released.base ?? 'core');
}

/** snapd's checkRequiredGadgetMatchesModelBase. */
function judgeGadgetBase(from: Side, to: Side, facts: RemodelFacts): Judgement {
  const { gadget, base } = to;
  if (!gadget) return ['allowed', 'The new model has no gadget.'];
  const known = releasedBase(gadget, plainText(to.headers, 'architecture'), facts);
  if (known !== undefined) return known === (base || 'core') ? ['allowed', `The gadget ${gadget.name} is made for ${known}, as the model is.`] : ['blocked', `The gadget ${gadget.name} of ${gadget.channel} is made for ${known}, the model for ${base || 'core'}. Choose the channel of the gadget that fits.`];
  const stays = from.gadget?.name === gadget.name && from.gadget.channel === gadget.channel;
  if (from.base === base && stays) return ['allowed', 'Base and gadget stay.'];
  const [made, wanted] = [generationOf(gadget.channel), trackOfBase(base)];
  if (wanted === undefined) return from.base === base ? ['allowed', 'The base stays.'] : ['warned', `The gadget ${gadget.name} must be made for ${base || 'core'}, which the model does not tell.`];
  if (made === wanted) return ['allowed', `The gadget ${gadget.name} follows track ${gadget.channel}, as ${base} does.`];
  if (made !== undefined && (CANONICAL_GADGETS.includes(gadget.name) || made === trackOfBase(from.base))) return ['blocked', `The gadget ${gadget.name} of ${gadget.channel} is made for core${made}, the model for ${base}. Choose the channel of the gadget that fits.`];
  return from.base === base ? ['allowed', 'The base stays.'] : ['warned', `The gadget ${gadget.name} must be made for ${base}, too, which its channel ${gadget.channel || 'latest/stable'} does not tell.`];
}

/** snapd's SelfContainedSetPrereqTracker; content providers are known to the device alone. */
function judgeSelfContained(from: Side, to: Side, facts: RemodelFacts): Judgement {
  const names = new Set(to.snaps.map((snap) => snap.name));
  const architecture = plainText(to.headers, 'architecture');
  const bases = to.snaps.filter(({ type }) => type === 'app').map((snap) => ({ name: snap.name, base: releasedBase(snap, architecture, facts) }));
  const listed = (base: string): boolean => base === 'none' || names.has(base) || (base === 'core' && to.base === '');
  const missing = bases.flatMap(({ name, base }) => (base === undefined || listed(base) ? [] : [`${name} needs ${base}`]));
  if (missing.length > 0) return ['blocked', `The new model is not self-contained: ${missing.join(', ')}. Add what is missing.`];
  const gone = from.snaps.filter(({ name, type }) => (type === 'base' || type === 'core') && name !== from.base && !names.has(name)).map(({ name }) => name);
  if (gone.length > 0 && bases.some(({ base }) => base === undefined)) return ['warned', `The new model no longer lists ${gone.join(', ')}. Devices refuse it when one of its snaps still needs ${orList(gone)}.`];
  return ['allowed', 'Devices ask that the base and the content providers of every snap are in the new model.'];
}

/** snapd's checkGadgetRemodelCompatible, which compares gadget.yaml of both. */
function judgeGadgetLayout(from: Side, to: Side): Judgement {
  if (from.gadget?.name === to.gadget?.name) return ['allowed', 'The gadget stays the same snap; its partitions must still fit.'];
  const change = `gadget ${from.gadget?.name ?? '(none)'} → ${to.gadget?.name ?? '(none)'}`;
  return ['warned', `${change}: devices refuse a gadget whose partitions do not fit those that they have.`];
}

function judgeRemoved(from: Side, to: Side): Judgement {
  const names = new Set(to.snaps.map((snap) => snap.name));
  const gone = from.snaps.filter(({ name, type }) => name !== '' && type === 'app' && !names.has(name)).map(({ name }) => name);
  return ['allowed', gone.length === 0 ? 'No snap goes.' : `${gone.join(', ')} ${gone.length === 1 ? 'stays' : 'stay'} installed on devices until somebody removes ${gone.length === 1 ? 'it' : 'them'}.`];
}

const storageSafetyOf = ({ headers, grade }: Side): string => plainText(headers, 'storage-safety') || (isGrade(grade) ? defaultStorageSafety(grade) : '');

function judgeSigningKey(from: Side, to: Side): Judgement {
  const [a, b] = [from, to].map((side) => plainText(side.headers, 'sign-key-sha3-384'));
  return ['allowed', a && b && a !== b ? 'Signed with another key: devices take it once they have its account-key.' : 'Any valid key of the brand may sign.'];
}
