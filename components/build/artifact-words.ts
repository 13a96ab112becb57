import { ARTIFACT_KINDS, IMAGE_KINDS } from '@/lib/api/builds';
import type { ArtifactKind, ArtifactView } from '@/lib/api/builds';

export const ARTIFACT_WORDS: Record<ArtifactKind, string> = {
  'image-zst': 'Compressed image',
  'image-raw': 'Raw image',
  'image-xz': 'Image as xz',
  'image-gz': 'Image as gzip',
  'image-qcow2': 'Disk for virtual machines',
  bmap: 'Block map',
  provenance: 'Provenance',
  checksums: 'Checksums',
  'build-key': 'Build key, public half',
  lock: 'Lock',
  manifest: 'Manifest',
  'seed-manifest': 'Seed manifest',
  spdx: 'SPDX 2.3',
  cyclonedx: 'CycloneDX 1.6',
  model: 'Signed model',
  assertions: 'Accounts and keys',
  log: 'Build log',
};

/** What each file of the evidence says, as the rest of a sentence. */
export const EVIDENCE_WORDS: Partial<Record<ArtifactKind, string>> = {
  provenance: 'who built the image, when and out of what, signed with the build key',
  checksums: 'SHA-256 of every file, for sha256sum',
  'build-key': 'verifies the provenance',
  lock: 'what the image is made of, to the last digest; it builds the same image again',
  manifest: 'what is inside, with the lock in it',
  'seed-manifest': 'snaps and revisions, as snapd lists them',
  spdx: 'bill of materials',
  cyclonedx: 'bill of materials',
  model: 'the assertion that the image was built from',
  assertions: 'what vouches for the model, up to the store’s root',
};

/** Beside what most people take. */
export const FOLDED: readonly ArtifactKind[] = ['image-xz', 'image-gz', 'image-qcow2', 'bmap'];

export const isImage = (artifact: Pick<ArtifactView, 'kind'>): boolean => artifact.kind in IMAGE_KINDS;
export const isEvidence = (artifact: Pick<ArtifactView, 'kind'>): boolean => artifact.kind in EVIDENCE_WORDS;
export const inOrder = (artifacts: ArtifactView[]): ArtifactView[] => [...artifacts].sort((a, b) => ARTIFACT_KINDS.indexOf(a.kind) - ARTIFACT_KINDS.indexOf(b.kind));
