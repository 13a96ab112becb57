import type { ArtifactView } from '@/lib/api/builds';

export type Volume<T> = { /** Empty: of the one image, or of the whole build. */ name: string; artifacts: T[] };

/** Files by the volume that they are the disk of, in the order in which they come: that of the system first, what is about the whole build last. */
export function byVolume<T extends Pick<ArtifactView, 'volume'>>(artifacts: readonly T[]): Volume<T>[] {
  const found = new Map<string, T[]>();
  for (const artifact of artifacts) found.set(artifact.volume, [...(found.get(artifact.volume) ?? []), artifact]);
  return [...found].map(([name, own]) => ({ name, artifacts: own }));
}

/** How many disks a build has images of, if it has any. */
export const countDisks = (artifacts: readonly Pick<ArtifactView, 'volume'>[]): number => Math.max(1, byVolume(artifacts).filter(({ name }) => name !== '').length);

/** What a volume is to whoever has to write its image somewhere; `i` is its place. */
export const diskWords = (i: number): string => (i === 0 ? 'the disk with the system, which the device starts from' : 'another disk of the same device');
