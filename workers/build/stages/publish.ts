import { createHash } from 'node:crypto';
import { utf8 } from '@/lib/bytes';
import { encodeImage } from '@/lib/image/forms';
import type { ImageForm } from '@/lib/image/forms';
import { blobsOf } from '@/lib/image/stored-plan';
import { keepBytes } from '@/lib/storage/keep-bytes';
import { finishBuild } from '@/db/build-progress';
import type { BuildResult, NewArtifact } from '@/db/build-progress';
import { LeaseLost } from '../failures';
import { evidenceDocuments, factsOf } from '../evidence';
import { makeManifest, seededSnaps } from '../manifest';
import type { Publication } from '../manifest';
import type { Teller } from '@/lib/prepare/teller';
import type { BuildRun } from '../run';

/** Names the forms of the image, of which none is written, and keeps the small files beside them. */
export async function storeArtifacts(run: BuildRun, stage: Teller, publication: Publication): Promise<Pick<BuildResult, 'artifacts' | 'manifest' | 'evidence'>> {
  const { taken, services, logged } = run;
  const name = `${taken.model.name}-r${taken.model.revision}-build${taken.number}`;
  const manifest = makeManifest(taken, publication);
  const keep = async (kind: NewArtifact['kind'], fileName: string, text: string): Promise<NewArtifact> => {
    const bytes = utf8(text);
    const { sha3_384 } = await keepBytes(services.blobs, bytes, { signal: stage.signal });
    run.stored.push(sha3_384);
    return { kind, fileName, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), blobs: [sha3_384] };
  };
  const blobs = blobsOf(publication.image);
  const form = (kind: NewArtifact['kind'], of: ImageForm, fileName: string): NewArtifact => ({ kind, fileName, sizeBytes: encodeImage(of, publication.image).sizeBytes, sha256: null, blobs });
  const evidence = factsOf(taken, publication.prepared);
  const artifacts: NewArtifact[] = [
    form('image-zst', 'zst', `${name}.img.zst`),
    form('image-raw', 'raw', `${name}.img`),
    form('image-xz', 'xz', `${name}.img.xz`),
    form('image-gz', 'gz', `${name}.img.gz`),
    form('image-qcow2', 'qcow2', `${name}.qcow2`),
    await keep('bmap', `${name}.img.bmap`, publication.bmap),
    await keep('manifest', `${name}.manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`),
    await keep('model', `${name}.model`, taken.model.text),
    ...(await Promise.all(evidenceDocuments(taken, publication.prepared, name).map(({ kind, fileName, text }) => keep(kind, fileName, text)))),
    await keep('log', `${name}.log`, logged.map((line) => `${line}\n`).join('')),
  ];
  stage.say(`Published as ${name}. The checksums of the image follow, and with them the signed provenance.`);
  return { artifacts, manifest, evidence };
}

/** All at once, and only while the build is still this worker's. */
export async function publish({ taken, owner, services, signal, sizeOf }: BuildRun, publication: Publication, stored: Awaited<ReturnType<typeof storeArtifacts>>): Promise<void> {
  const { prepared } = publication;
  const result = { ...stored, plan: publication.image, lock: prepared.lock, snaps: seededSnaps(prepared.snaps), warnings: prepared.warnings, production: prepared.verified.production };
  if (await finishBuild(services.db, taken.buildId, owner, result, sizeOf)) return;
  signal.throwIfAborted();
  throw new LeaseLost();
}
