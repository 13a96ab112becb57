import { REFERENCE_SNAP_IDS } from '../snap/names';
import type { HeaderMap } from '../assertion/assertion';

/** Debian's names of the architectures that snaps are made for. */
export const ARCHITECTURES = ['amd64', 'arm64', 'armhf', 'i386', 'ppc64el', 'riscv64', 's390x'] as const;

/** Boot bases of models with the `snaps` header, newest first. */
export const BASES = ['core24', 'core22', 'core20'] as const;

/** The track that gadget, kernel and console-conf of a generation are published in: `24` for core24; undefined for bases without one. */
export const trackOfBase = (base: string): string | undefined => /^core(\d\d)$/.exec(base)?.[1];

/** `core24` is Ubuntu Core 24; other bases are called by their name. */
export const baseWords = (base: string): string => (base === '' || base === 'core' ? 'Ubuntu Core 16' : trackOfBase(base) ? `Ubuntu Core ${trackOfBase(base)}` : base);

/** An entry of `snaps` for one of Canonical's snaps, without an id when it is not known. */
export function snapEntry(name: string, type: string, channel: string): HeaderMap {
  const id = REFERENCE_SNAP_IDS.get(name);
  return { 'default-channel': channel, ...(id ? { id } : {}), name, ...(type === 'app' ? {} : { type }) };
}
