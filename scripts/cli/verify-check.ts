import type { HeaderValue } from '../../lib/assertion/assertion';
import { Refusal } from './failure';

/** One thing of an image that holds. */
export type Check = { check: 'form' | 'table' | 'file-system' | 'model' | 'assertions' | 'snap' | 'component' | 'system' | 'manifest'; /** Of the image, or the manifest's name. */ what: string; message: string };
export type Tell = (check: Check) => Promise<void>;

/** What is wrong with a seed, beside what is wrong with its disk (ImageFaultCode) and with the text of assertions (AssertionFormatCode). */
export type SeedFaultCode =
  | 'seed-missing'
  | 'seed-label'
  | 'seed-system'
  | 'seed-model'
  | 'seed-assertions'
  | 'seed-options'
  | 'seed-kernel'
  | 'seed-unknown-file'
  | 'model-signature'
  | 'assertion-signature'
  | 'snap-missing'
  | 'snap-size'
  | 'snap-digest'
  | 'snap-name'
  | 'snap-not-in-model'
  | 'component-missing'
  | 'component-size'
  | 'component-digest'
  | 'component-not-paired'
  | 'manifest-format'
  | 'manifest-mismatch';

/** Throws Refusal. */
export function fault(code: SeedFaultCode, message: string): never {
  throw new Refusal(code, message);
}

/** The file system that a seed is on; paths from its root, without a slash before them. */
export type SeedFiles = {
  /** Names in a directory; undefined when there is none. */
  list(path: string): Promise<string[] | undefined>;
  /** Of a file; undefined when there is none. */
  sizeOf(path: string): Promise<number | undefined>;
  /** The whole of a file that is there. Throws AppError for one of more than `most` bytes. */
  read(path: string, most: number): Promise<Uint8Array>;
  /** The bytes of a file that is there, in pieces. */
  chunks(path: string): AsyncIterable<Uint8Array>;
  /** Paths that are one file have one key. */
  keyOf(path: string): string;
};

/** A snap or component as it was found: its digest is that of its bytes. */
export type HeldFile = { path: string; /** Negative: no assertion speaks of it. */ revision: number; /** Lower-case hexadecimal. */ sha3_384: string; sizeBytes: number };
export type HeldSnap = HeldFile & { name: string; snapId: string | undefined; components: (HeldFile & { name: string })[] };
/** A recovery system of an image, or all of UC16 and UC18, whose label is empty. */
export type HeldSystem = { label: string; /** SHA3-384 of the model as encoded, lower-case hexadecimal. */ modelSha3_384: string; snaps: HeldSnap[] };

export const textOf = (value: HeaderValue | undefined): string => (typeof value === 'string' ? value : '');
