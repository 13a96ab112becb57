import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ArtifactKind } from '@/lib/api/builds';
import { utf8 } from '@/lib/bytes';
import { CHECKSUMS_NAME } from '@/lib/evidence/file-names';
import { imageName } from '@/lib/evidence/input';
import { writeProof } from '@/lib/evidence/write-evidence';
import type { BlobStore } from '@/lib/storage/blob-store';
import { keepBytes } from '@/lib/storage/keep-bytes';
import type { ProofSigner } from '@/db/build-keys';
import type { NewArtifact } from '@/db/build-progress';
import type { Database } from '@/db/context';
import { proveBuild } from '@/db/proofs';
import type { ProofInput } from '@/db/proofs';

type Proving = { db: Database; store: BlobStore; /** The console's address. */ base: string; log: Logger };

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/**
 * What follows the last checksum of a build: its signed provenance, SHA256SUMS, and the key to verify them with. Done here and not where images are built, so that the process
 * which reads strangers' snaps never has a key. The same build and key give the same bytes, so that doing it again is harmless.
 */
export async function prove(buildId: string, { db, store, base, log }: Proving): Promise<void> {
  const signal = new AbortController().signal;
  const make = async (input: ProofInput, signer: ProofSigner): Promise<NewArtifact[]> => {
    const stem = imageName(input);
    const proof = await writeProof({ ...input, builderId: base }, { stem, sha256 }, signer);
    const files = [...proof.map(({ fileName, text }) => ({ kind: fileName === CHECKSUMS_NAME ? ('checksums' as const) : ('provenance' as const), fileName, text })), { kind: 'build-key' as const, fileName: `${stem}.build-key.pem`, text: signer.publicKey }];
    return Promise.all(files.map((file) => keep(store, file, signal)));
  };
  const done = await proveBuild(db, buildId, make, async (sha3_384) => (await store.stat(sha3_384)) !== undefined);
  if (done) log.info({ build: buildId }, 'provenance signed');
}

async function keep(store: BlobStore, { kind, fileName, text }: { kind: ArtifactKind; fileName: string; text: string }, signal: AbortSignal): Promise<NewArtifact> {
  const bytes = utf8(text);
  const { sha3_384 } = await keepBytes(store, bytes, { signal });
  return { kind, fileName, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), blobs: [sha3_384] };
}
