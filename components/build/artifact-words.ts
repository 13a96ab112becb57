import type { ArtifactKind, ArtifactView } from '@/lib/api/builds';

export const ARTIFACT_WORDS: Record<ArtifactKind, string> = {
  'image-zst': 'Compressed image',
  'image-raw': 'Raw image',
  manifest: 'Manifest',
  log: 'Build log',
  model: 'Signed model',
};

const ORDER: Record<ArtifactKind, number> = { 'image-zst': 0, 'image-raw': 1, manifest: 2, model: 3, log: 4 };

export const isImage = (artifact: Pick<ArtifactView, 'kind'>): boolean => artifact.kind === 'image-zst' || artifact.kind === 'image-raw';
export const inOrder = (artifacts: ArtifactView[]): ArtifactView[] => [...artifacts].sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
