import { AppError } from '../errors';

/** Beside an image, each kind of file is told by the end of its name. */
const ENDINGS = {
  /** The signed envelope. */
  provenance: ['.provenance.json'],
  lock: ['.lock.json'],
  manifest: ['.manifest.json'],
  seedManifest: ['.seed.manifest'],
  spdx: ['.spdx.json'],
  cycloneDx: ['.cdx.json'],
  model: ['.model'],
  /** What vouches for the model: accounts and account-keys, as a stream. */
  chain: ['.assertions', '.assert'],
} as const;

export type EvidenceKind = keyof typeof ENDINGS;

/** `SHA256SUMS` lists all files of one image. */
export const CHECKSUMS_NAME = 'SHA256SUMS';

/** Name of a file about the image `stem`; without a stem, in a folder of its own, the ending alone: `lock.json`. */
export const evidenceFileName = (stem: string, kind: EvidenceKind): string => (stem === '' ? ENDINGS[kind][0].slice(1) : `${stem}${ENDINGS[kind][0]}`);

const isOfKind = (name: string, kind: EvidenceKind): boolean => ENDINGS[kind].some((ending) => name.endsWith(ending) || name === ending.slice(1));

export const filesOfKind = (names: readonly string[], kind: EvidenceKind): string[] => names.filter((name) => isOfKind(name, kind));

/** The one of its kind, if there is one. Throws AppError `evidence-ambiguous`. */
export function fileOfKind(names: readonly string[], kind: EvidenceKind): string | undefined {
  const [first, second] = filesOfKind(names, kind);
  if (second !== undefined) throw new AppError('evidence-ambiguous', `${first} and ${second} are of the same kind: a list of checksums is about one image.`);
  return first;
}
