import type { Assertion } from '../assertion/assertion';

/** How an image is to differ from what its model says by itself. All of it is recorded in the lock. */
export type ImageOptions = {
  /** For every snap; empty for none. */
  channel: string;
  /** In the order given: names with a channel, or files. */
  snaps: ({ name: string; channel: string } | { file: string; channel: string })[];
  /** `<snap>+<component>`, or files. */
  components: ({ snapName: string; name: string } | { file: string })[];
  /** Of snaps by name. */
  revisions: ReadonlyMap<string, number>;
  /** Of validation sets by `account/name`. */
  sequences: ReadonlyMap<string, number>;
  validation: 'enforce' | 'ignore';
  /** To seed beside. */
  assertions: readonly Assertion[];
  allowKernelMismatch: boolean;
  bootFlags: readonly string[];
  /** Name of the recovery system; undefined for the epoch's day. */
  label: string | undefined;
  /** Seconds since 1970; undefined for the latest timestamp of what is seeded. */
  epoch: number | undefined;
  sectorBytes: 512 | 4096;
  /** Bytes, for the volume of that name or place, or for the only one (the empty name). */
  imageSizes: ReadonlyMap<string, number>;
  profile: 'full' | 'flash';
};

export const NO_OPTIONS: ImageOptions = {
  channel: '',
  snaps: [],
  components: [],
  revisions: new Map(),
  sequences: new Map(),
  validation: 'enforce',
  assertions: [],
  allowKernelMismatch: false,
  bootFlags: [],
  label: undefined,
  epoch: undefined,
  sectorBytes: 512,
  imageSizes: new Map(),
  profile: 'full',
};
