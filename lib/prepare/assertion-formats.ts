import { assertionRef, type Assertion } from '../assertion/assertion';
import type { FoundSnap } from '../seed/seed-snap';
import type { SnapdInfo } from '../snap/snapd-info';
import type { FilePaths } from './fetch-snaps';
import { readOnce, readSnapdInfo } from './read-snap';

/** The highest format of a type of assertion that a device reads; undefined where that is not known. */
export type FormatLimits = (type: string) => number | undefined;

/** What a snap says of the snapd in it; undefined where it says nothing. Throws AppError `snapd-info-invalid`. */
export const snapdInfoOf = ({ name, sha3_384 }: Pick<FoundSnap, 'name' | 'sha3_384'>, path: string, file: 'usr/lib/snapd/info' | 'snapd-info', signal: AbortSignal): Promise<SnapdInfo | undefined> => readOnce(sha3_384, file, () => readSnapdInfo(path, name, file, { signal }));

/**
 * From UC20 on the first to read a seed is the snapd in the kernel's initramfs, which may be older than that of the snap snapd (snapd image/image_linux.go,
 * selectAssertionMaxFormats). Throws AppError `snapd-info-invalid`.
 */
export async function readFormatLimits(snaps: readonly FoundSnap[], hasGrade: boolean, paths: FilePaths, signal: AbortSignal): Promise<FormatLimits> {
  const infoOf = async (type: string, file: 'usr/lib/snapd/info' | 'snapd-info') => {
    const snap = snaps.find(({ facts }) => facts.type === type);
    const path = snap && paths.get(snap.sha3_384);
    return path === undefined ? undefined : snapdInfoOf(snap!, path, file, signal);
  };
  const system = (await infoOf('snapd', 'usr/lib/snapd/info')) ?? (await infoOf('core', 'usr/lib/snapd/info'));
  const kernel = hasGrade ? await infoOf('kernel', 'snapd-info') : undefined;
  const known = [system?.formats, kernel?.formats].filter((formats) => formats !== undefined);
  return (type) => (system?.formats === undefined ? undefined : Math.min(...known.map((formats) => formats.get(type) ?? 0)));
}

/** Why a device would not read all of these, as a sentence about the first; undefined when it would. */
export function whyNotReadable(assertions: readonly Assertion[], limits: FormatLimits): string | undefined {
  const newer = assertions.find(({ type, format }) => format > (limits(type) ?? format));
  return newer && `The assertion ${assertionRef(newer)} has the format ${newer.format}, and the snapd in this image reads ${limits(newer.type)!} at most. Take a newer snapd, and from UC20 on a newer kernel.`;
}
