import { IMAGE_KINDS } from '@/lib/api/builds';
import type { ArtifactKind, ArtifactView } from '@/lib/api/builds';

export const ARTIFACT_WORDS: Record<ArtifactKind, string> = {
  'image-zst': 'Compressed image',
  'image-raw': 'Raw image',
  'image-xz': 'Image as xz',
  'image-gz': 'Image as gzip',
  'image-qcow2': 'Disk for virtual machines',
  bmap: 'Block map',
  manifest: 'Manifest',
  log: 'Build log',
  model: 'Signed model',
};

/** Beside what most people take. */
export const FOLDED: readonly ArtifactKind[] = ['image-xz', 'image-gz', 'image-qcow2', 'bmap'];

const ORDER: Record<ArtifactKind, number> = { 'image-zst': 0, 'image-raw': 1, 'image-xz': 2, 'image-gz': 3, 'image-qcow2': 4, bmap: 5, manifest: 6, model: 7, log: 8 };

export const isImage = (artifact: Pick<ArtifactView, 'kind'>): boolean => artifact.kind in IMAGE_KINDS;
export const inOrder = (artifacts: ArtifactView[]): ArtifactView[] => [...artifacts].sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
