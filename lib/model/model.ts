import type { Assertion, HeaderMap, Headers, HeaderValue } from '../assertion/assertion';
import { AppError, hasErrors } from '../errors';
import { WELL_KNOWN_SNAP_IDS, type SnapType } from '../snap/names';
import { checkModel } from './check';
import { isMap, valueOf } from './check/report';
import { ESSENTIAL_MODES, isEssential } from './check/snap-entry';
import { defaultStorageSafety, type Grade, type StorageSafety } from './grades';

export type ModelComponent = { presence: 'required' | 'optional'; modes: string[] };

export type ModelSnap = {
  name: string;
  /** undefined where the model does not say and snapd does not know. */
  snapId: string | undefined;
  /** undefined for `required-snaps`, whose type the model does not say. */
  type: SnapType | undefined;
  presence: 'required' | 'optional';
  modes: string[];
  /** As the model writes it, or `latest/stable`; empty in the old dialect, which has a track at most. */
  defaultChannel: string;
  /** `18-pi3` of `kernel: pi-kernel=18-pi3`; empty otherwise. */
  pinnedTrack: string;
  /** A classic snap that a classic model lists on purpose. */
  classic: boolean;
  components: Record<string, ModelComponent>;
  essential: boolean;
  /** Not listed, but part of every image of the model: snapd, the base, or `core`. */
  implied: boolean;
};

export type ModelValidationSet = { accountId: string; name: string; sequence: number | undefined; mode: 'enforce' | 'prefer-enforce' };

export type Model = {
  brandId: string;
  /** The header `model`. */
  name: string;
  series: string;
  revision: number;
  /** `display-name`, or the name. */
  displayName: string;
  architecture: string;
  /** Empty for UC16 and old classic. */
  base: string;
  classic: boolean;
  distribution: string;
  /** With the `snaps` header: UC20 and later. */
  extended: boolean;
  /** undefined in the old dialect. */
  grade: Grade | undefined;
  storageSafety: StorageSafety | undefined;
  /** Store id; empty for the public store. */
  store: string;
  /** snapd, kernel, boot base, gadget, then the others in their order; implied ones are in their place. */
  snaps: ModelSnap[];
  serialAuthority: string[];
  /** `*`: any account. */
  systemUserAuthority: string[] | '*';
  preseedAuthority: string[];
  validationSets: ModelValidationSet[];
  timestamp: string;
  headers: Headers;
};

/** The same snaps without those that are not of the essential four. */
export const essentialSnaps = (model: Model): ModelSnap[] => model.snaps.filter((snap) => snap.essential);

const textAt = (map: HeaderMap, key: string): string => {
  const value = valueOf(map, key);
  return typeof value === 'string' ? value : '';
};

const listAt = (map: HeaderMap, key: string): HeaderValue[] => {
  const value = valueOf(map, key);
  return Array.isArray(value) ? value : [];
};

/**
 * A model as a build reads it: every default filled in. Its signature is not looked at.
 * Throws AppError `model-invalid` with the problems.
 */
export function parseModel(assertion: Pick<Assertion, 'headers' | 'revision'>): Model {
  const { headers } = assertion;
  const problems = checkModel(headers).filter((problem) => (problem.severity ?? 'error') === 'error');
  if (hasErrors(problems)) {
    const [first, ...others] = problems;
    const more = others.length > 0 ? ` There ${others.length === 1 ? 'is one more problem' : `are ${others.length} more problems`}.` : '';
    throw new AppError('model-invalid', `This is no model that snapd reads: ${first!.message}${more}`, { problems });
  }
  const extended = valueOf(headers, 'snaps') !== undefined;
  const classic = headers.classic === 'true';
  const grade = extended ? ((textAt(headers, 'grade') || 'signed') as Grade) : undefined;
  const brandId = textAt(headers, 'brand-id');
  return {
    brandId,
    name: textAt(headers, 'model'),
    series: textAt(headers, 'series'),
    revision: assertion.revision,
    displayName: textAt(headers, 'display-name') || textAt(headers, 'model'),
    architecture: textAt(headers, 'architecture'),
    base: textAt(headers, 'base'),
    classic,
    distribution: textAt(headers, 'distribution'),
    extended,
    grade,
    storageSafety: grade && ((textAt(headers, 'storage-safety') || defaultStorageSafety(grade)) as StorageSafety),
    store: textAt(headers, 'store'),
    snaps: extended ? extendedSnaps(headers) : legacySnaps(headers, classic),
    serialAuthority: withBrand(headers, 'serial-authority', brandId),
    systemUserAuthority: headers['system-user-authority'] === '*' ? '*' : withBrand(headers, 'system-user-authority', brandId),
    preseedAuthority: withBrand(headers, 'preseed-authority', brandId),
    validationSets: listAt(headers, 'validation-sets').filter(isMap).map((set) => validationSet(set, brandId)),
    timestamp: textAt(headers, 'timestamp'),
    headers,
  };
}

function withBrand(headers: Headers, key: string, brandId: string): string[] {
  const ids = listAt(headers, key) as string[];
  return ids.includes(brandId) ? ids : [brandId, ...ids];
}

function validationSet(set: HeaderMap, brandId: string): ModelValidationSet {
  const sequence = textAt(set, 'sequence');
  return { accountId: textAt(set, 'account-id') || brandId, name: textAt(set, 'name'), sequence: sequence === '' ? undefined : Number(sequence), mode: textAt(set, 'mode') as ModelValidationSet['mode'] };
}

const snap = (name: string, type: SnapType | undefined, more: Partial<ModelSnap> = {}): ModelSnap => ({
  name,
  snapId: WELL_KNOWN_SNAP_IDS.get(name),
  type,
  presence: 'required',
  modes: ['run'],
  defaultChannel: '',
  pinnedTrack: '',
  classic: false,
  components: {},
  essential: false,
  implied: false,
  ...more,
});

function extendedSnaps(headers: Headers): ModelSnap[] {
  const base = textAt(headers, 'base');
  const listed = listAt(headers, 'snaps').filter(isMap).map((entry) => snapOf(entry, base));
  const implied = { essential: true, implied: true, modes: ESSENTIAL_MODES, defaultChannel: 'latest/stable' };
  const find = (fits: (s: ModelSnap) => boolean) => listed.find((s) => s.essential && fits(s));
  const essential = [
    find((s) => s.type === 'snapd') ?? snap('snapd', 'snapd', implied),
    find((s) => s.type === 'kernel'),
    find((s) => s.name === base && s.type === 'base') ?? snap(base, 'base', implied),
    find((s) => s.type === 'gadget'),
  ].filter((s) => s !== undefined);
  return [...essential, ...listed.filter((s) => !s.essential)];
}

function snapOf(entry: HeaderMap, base: string): ModelSnap {
  const essential = isEssential(entry, base);
  const modes = listAt(entry, 'modes') as string[];
  const snapModes = essential ? ESSENTIAL_MODES : modes.length > 0 ? modes : ['run'];
  return snap(textAt(entry, 'name'), (textAt(entry, 'type') || 'app') as SnapType, {
    snapId: textAt(entry, 'id') || undefined,
    presence: textAt(entry, 'presence') === 'optional' ? 'optional' : 'required',
    modes: snapModes,
    defaultChannel: textAt(entry, 'default-channel') || 'latest/stable',
    classic: entry.classic === 'true',
    components: componentsOf(entry, snapModes),
    essential,
  });
}

function componentsOf(entry: HeaderMap, snapModes: string[]): Record<string, ModelComponent> {
  const components: Record<string, ModelComponent> = Object.create(null);
  const given = valueOf(entry, 'components');
  for (const [name, value] of Object.entries(isMap(given) ? given : {})) {
    const presence = isMap(value) ? textAt(value, 'presence') : value;
    const modes = isMap(value) ? (listAt(value, 'modes') as string[]) : [];
    components[name] = { presence: presence === 'optional' ? 'optional' : 'required', modes: modes.length > 0 ? modes : snapModes };
  }
  return components;
}

/** UC16 seeds `core`, UC18 snapd beside its base; neither is ever listed. */
function legacySnaps(headers: Headers, classic: boolean): ModelSnap[] {
  const base = textAt(headers, 'base');
  const pinned = (which: 'kernel' | 'gadget'): ModelSnap[] => {
    const [name = '', ...track] = textAt(headers, which).split('=');
    return name === '' ? [] : [snap(name, which, { snapId: undefined, pinnedTrack: track.join('='), essential: true })];
  };
  const required = (listAt(headers, 'required-snaps') as string[]).map((name) => snap(name, undefined, { snapId: undefined }));
  const system = base !== '' ? [snap('snapd', 'snapd', { essential: true, implied: true })] : classic ? [] : [snap('core', 'core', { essential: true, implied: true })];
  const bootBase = base === '' ? [] : [snap(base, 'base', { snapId: undefined, essential: true })];
  return [...system, ...pinned('kernel'), ...bootBase, ...pinned('gadget'), ...required];
}
