import type { ArtifactKind } from '@/lib/api/builds';
import { evidenceFileName } from '@/lib/evidence/file-names';
import type { EvidenceKind } from '@/lib/evidence/file-names';
import type { EvidenceFacts } from '@/lib/evidence/input';
import { writeDocuments } from '@/lib/evidence/write-evidence';
import { evidenceOf, modelFiles, sha256 } from '@/lib/prepare/evidence';
import type { PreparedImage } from '@/lib/prepare/prepare-image';
import { product } from '@/lib/prepare/product';
import type { TakenBuild } from '@/db/build-progress';

/** Who built it and what files there are is told by the provenance alone. */
const inputOf = (taken: TakenBuild, prepared: PreparedImage) =>
  evidenceOf(prepared, { product: product(), builderId: '', brand: { accountId: taken.brand.accountId, name: taken.brand.name }, buildNumber: taken.number, images: [], sideFiles: [] });

/** What the provenance will tell, once the checksums are there. */
export function factsOf(taken: TakenBuild, prepared: PreparedImage): EvidenceFacts {
  const { product: made, brand, model, snaps, validationSets } = inputOf(taken, prepared);
  return { product: made, brand, model, snaps, validationSets };
}

/** Kinds of evidence as artifacts are called. */
const KINDS = { lock: 'lock', seedManifest: 'seed-manifest', spdx: 'spdx', cycloneDx: 'cyclonedx', chain: 'assertions' } as const satisfies Partial<Record<EvidenceKind, ArtifactKind>>;

/** What can be told of an image before any of its forms has a checksum: lock, seed.manifest, SPDX and CycloneDX, and what vouches for its model. */
export function evidenceDocuments(taken: TakenBuild, prepared: PreparedImage, stem: string): { kind: ArtifactKind; fileName: string; text: string }[] {
  const chain = modelFiles(prepared).find(({ fileName }) => fileName === evidenceFileName('', 'chain'))!;
  const documents = writeDocuments(inputOf(taken, prepared), { stem, sha256 });
  return (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) => {
    const fileName = evidenceFileName(stem, kind);
    const text = kind === 'chain' ? chain.text : documents.find((each) => each.fileName === fileName)?.text;
    return text === undefined ? [] : [{ kind: KINDS[kind], fileName, text }];
  });
}
