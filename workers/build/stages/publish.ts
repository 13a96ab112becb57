import { utf8 } from '@/lib/bytes';
import type { StoredBlob } from '@/lib/storage/blob-store';
import { finishBuild } from '@/db/build-progress';
import type { NewArtifact } from '@/db/build-progress';
import { LeaseLost } from '../failures';
import { makeManifest, seededSnaps } from '../manifest';
import type { Publication } from '../manifest';
import type { BuildRun, StageRun } from '../run';

/** Keeps the small files beside the image. */
export async function storeArtifacts(run: BuildRun, stage: StageRun, publication: Publication): Promise<{ artifacts: NewArtifact[]; manifest: Record<string, unknown> }> {
  const { taken, services, logged } = run;
  const name = `${taken.model.name}-r${taken.model.revision}-build${taken.number}`;
  const manifest = makeManifest(taken, publication);
  const keep = async (kind: NewArtifact['kind'], fileName: string, text: string): Promise<NewArtifact> => {
    const blob = await services.blobs.put(once(utf8(text)), { signal: stage.signal });
    run.stored.push(blob.sha256);
    return file(kind, fileName, blob);
  };
  const { zst, rawSizeBytes, view } = publication.image;
  const artifacts: NewArtifact[] = [
    file('image-zst', `${name}.img.zst`, zst),
    { kind: 'image-raw', fileName: `${name}.img`, sizeBytes: rawSizeBytes, sha256: null, blobs: [zst.sha256], view },
    await keep('manifest', `${name}.manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`),
    await keep('model', `${name}.model`, taken.model.text),
    await keep('log', `${name}.log`, logged.map((line) => `${line}\n`).join('')),
  ];
  stage.say(`Published as ${name}. The checksum of the raw image follows.`);
  return { artifacts, manifest };
}

const file = (kind: NewArtifact['kind'], fileName: string, { sha256, sizeBytes }: StoredBlob): NewArtifact => ({ kind, fileName, sizeBytes, sha256, blobs: [sha256] });

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** All at once, and only while the build is still this worker's. */
export async function publish({ taken, owner, services, signal, warnings }: BuildRun, publication: Publication, stored: Awaited<ReturnType<typeof storeArtifacts>>): Promise<void> {
  const result = { ...stored, lock: publication.lock, snaps: seededSnaps(publication.snaps), warnings, production: publication.verified.production };
  const exists = async (sha256: string) => (await services.blobs.stat(sha256)) !== undefined;
  if (await finishBuild(services.db, taken.buildId, owner, result, exists)) return;
  signal.throwIfAborted();
  throw new LeaseLost();
}
