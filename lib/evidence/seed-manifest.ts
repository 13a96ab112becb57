import { ACCOUNT_ID, isSnapName, LOWER_NAME, parseGoInteger } from '../assertion/scalars';
import { compareBytes, utf8 } from '../bytes';
import { AppError } from '../errors';
import { revisionText } from './input';
import type { EvidenceInput } from './input';

/**
 * `seed.manifest` as snapd writes it (snapd seed/seedwriter/manifest.go, Manifest.Write): validation sets, then the snaps whose revision none of them fixes, both
 * sorted by bytes. undefined when nothing was seeded: snapd writes no file then. Its mode is 0755 there.
 */
export function writeSeedManifest({ snaps, validationSets }: Pick<EvidenceInput, 'snaps' | 'validationSets'>): string | undefined {
  if (snaps.length === 0 && validationSets.length === 0) return undefined;
  const controlled = new Set(validationSets.flatMap((set) => set.snaps));
  const sets = validationSets.map(({ accountId, name, sequence, pinned }) => ({ key: `${accountId}/${name}`, line: `${accountId}/${name}${pinned ? '=' : ' '}${sequence}` }));
  const free = snaps.filter(({ name }) => !controlled.has(name)).map(({ name, revision }) => ({ key: name, line: `${name} ${revisionText(revision)}` }));
  const lines = [sets, free].flatMap((section) => section.sort((a, b) => compareBytes(a.key, b.key)).map(({ line }) => `${line}\n`));
  return lines.join('');
}

export type ListedValidationSet = { accountId: string; name: string; sequence: number; pinned: boolean };

export type SeedManifest = {
  /** By name of the snap; negative for one that no assertion speaks of. */
  revisions: Map<string, number>;
  /** By `account/name`. */
  validationSets: Map<string, ListedValidationSet>;
};

/** Longer lines are refused (Go bufio.MaxScanTokenSize, with the line feed). */
const MAX_LINE_BYTES = 64 * 1024;
/** Go unicode.IsSpace. */
const SPACES = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Reads one back, as `snap prepare-image --revisions` does (snapd ReadManifest): `#` begins a comment, of two lines about the same thing the first counts.
 * Throws AppError `seed-manifest-malformed`, with the line. A number that leaves 53 bits is refused too.
 */
export function parseSeedManifest(text: string): SeedManifest {
  const manifest: SeedManifest = { revisions: new Map(), validationSets: new Map() };
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((raw, i) => {
    const refuse: Refuse = (sentence) => {
      throw new AppError('seed-manifest-malformed', `${sentence} (line ${i + 1}).`, { details: { line: i + 1 } });
    };
    if (utf8(raw).length >= MAX_LINE_BYTES) refuse('The line is too long');
    readLine(raw.endsWith('\r') ? raw.slice(0, -1) : raw, manifest, refuse);
  });
  return manifest;
}

type Refuse = (sentence: string) => never;

function readLine(line: string, { revisions, validationSets }: SeedManifest, refuse: Refuse): void {
  if (line.startsWith('#')) return;
  if (line.startsWith(' ')) refuse(`"${shown(line)}" starts with a space`);
  const [first = '', second, ...more] = line.split(SPACES).filter((word) => word !== '');
  if (more.length > 0 || first === '' || (second === undefined && !first.includes('/'))) return refuse(`"${shown(line)}" is neither "snap revision" nor "account/name sequence" nor "account/name=sequence"`);
  if (first.includes('/')) {
    const set = readValidationSet(first, second, refuse);
    const key = `${set.accountId}/${set.name}`;
    if (!validationSets.has(key)) validationSets.set(key, set);
    return;
  }
  if (!isSnapName(first)) refuse(`"${shown(first)}" is no name of a snap`);
  const revision = readRevision(second!, refuse);
  if (!revisions.has(first)) revisions.set(first, revision);
}

/** snapd asserts/snapasserts/validation_sets.go ParseValidationSet: also of two words the first may have a sequence, which does not count then. */
function readValidationSet(first: string, second: string | undefined, refuse: Refuse): ListedValidationSet {
  const [key = '', pinnedTo, ...more] = first.split('=');
  const [accountId = '', name = '', ...rest] = key.split('/');
  if (more.length > 0 || rest.length > 0) refuse(`"${shown(first)}" is no validation set: write account/name or account/name=sequence`);
  const pinnedNumber = pinnedTo === undefined ? 0 : readNumber(pinnedTo, refuse);
  if (!ACCOUNT_ID.test(accountId)) refuse(`"${shown(accountId)}" is no id of an account`);
  if (!LOWER_NAME.test(name)) refuse(`"${shown(name)}" is no name of a validation set`);
  const sequence = second === undefined ? pinnedNumber : readNumber(second, refuse);
  if (sequence <= 0) refuse(`The sequence of ${key} is missing, or is not above 0`);
  return { accountId, name, sequence, pinned: second === undefined };
}

/** snapd snap/revision.go ParseRevision; `unset` is 0, which no manifest may say. */
function readRevision(word: string, refuse: Refuse): number {
  const local = word.startsWith('x') ? parseGoInteger(word.slice(1)) : undefined;
  const value = local !== undefined && local > 0n ? -local : parseGoInteger(word);
  if (value === undefined || value === 0n || (value < 0n && !word.startsWith('x')) || !isSafe(value)) return refuse(`"${shown(word)}" is no revision`);
  return Number(value);
}

function readNumber(word: string, refuse: Refuse): number {
  const value = parseGoInteger(word);
  return value !== undefined && isSafe(value) ? Number(value) : refuse(`"${shown(word)}" is no sequence`);
}

const isSafe = (value: bigint): boolean => value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
