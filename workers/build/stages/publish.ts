import { createHash } from 'node:crypto';
import { utf8 } from '@/lib/bytes';
import { encodeImage } from '@/lib/image/forms';
import type { ImageForm } from '@/lib/image/forms';
import { blobsOf } from '@/lib/image/stored-plan';
import { finishBuild } from '@/db/build-progress';
import type { BuildResult, NewArtifact } from '@/db/build-progress';
import { LeaseLost } from '../failures';
import { evidenceDocuments, factsOf } from '../evidence';
import { makeManifest, seededSnaps } from '../manifest';
import type { KeptDisk, Publication } from '../manifest';
import type { Teller } from '@/lib/prepare/teller';
import type { BuildRun } from '../run';
import { keepOwnBytes } from './keep-own-bytes';

/** Names the forms of the images, of which none is written, and keeps the small files beside them. */
export async function storeArtifacts(run: BuildRun, stage: Teller, publication: Publication): Promise<Pick<BuildResult, 'artifacts' | 'manifest' | 'evidence'>> {
  const { taken, logged } = run;
  const { disks } = publication;
  const name = `${taken.model.name}-r${taken.model.revision}-build${taken.number}`;
  const manifest = makeManifest(taken, publication);
  const evidence = factsOf(taken, publication.prepared);
  const files: SmallFile[] = [
    ...disks.map((disk) => ({ kind: 'bmap' as const, volume: disk.volume, fileName: `${stemOf(disk, name)}.img.bmap`, text: disk.bmap })),
    { kind: 'manifest', fileName: `${name}.manifest.json`, text: `${JSON.stringify(manifest, null, 2)}\n` },
    { kind: 'model', fileName: `${name}.model`, text: taken.model.text },
    ...evidenceDocuments(taken, publication.prepared, name),
    { kind: 'log', fileName: `${name}.log`, text: logged.map((line) => `${line}\n`).join('') },
  ];
  const artifacts = [
    ...disks.flatMap((disk) => formsOf(disk, stemOf(disk, name))),
    ...(await keepFiles(run, stage, files)),
  ];
  stage.say(`Published as ${name}${disks.length > 1 ? `, with the disks ${disks.map(({ volume }) => volume).join(', ')}` : ''}. The checksums of the image follow, and with them the signed provenance.`);
  return { artifacts, manifest, evidence };
}

type SmallFile = { kind: NewArtifact['kind']; volume?: string; fileName: string; text: string };

async function keepFiles(run: BuildRun, stage: Teller, files: readonly SmallFile[]): Promise<NewArtifact[]> {
  const contents = files.map(({ text }) => utf8(text));
  const kept = await keepOwnBytes(run, stage, contents);
  return files.map(({ kind, volume = '', fileName }, i) => ({ kind, volume, fileName, sizeBytes: contents[i]!.length, sha256: createHash('sha256').update(contents[i]!).digest('hex'), blobs: [kept[i]!.sha3_384] }));
}

/** Of several disks each is told apart by its volume. */
const stemOf = ({ volume }: KeptDisk, name: string): string => (volume ? `${name}-${volume}` : name);

function formsOf({ volume, image }: KeptDisk, stem: string): NewArtifact[] {
  const blobs = blobsOf(image);
  const form = (kind: NewArtifact['kind'], of: ImageForm, ending: string): NewArtifact => ({ kind, volume, fileName: `${stem}.${ending}`, sizeBytes: encodeImage(of, image).sizeBytes, sha256: null, blobs });
  return [form('image-zst', 'zst', 'img.zst'), form('image-raw', 'raw', 'img'), form('image-xz', 'xz', 'img.xz'), form('image-gz', 'gz', 'img.gz'), form('image-qcow2', 'qcow2', 'qcow2')];
}

/** All at once, and only while the build is still this worker's. */
export async function publish({ taken, owner, services, signal, sizeOf }: BuildRun, publication: Publication, stored: Awaited<ReturnType<typeof storeArtifacts>>): Promise<void> {
  const { prepared, disks } = publication;
  const result = { ...stored, plans: disks.map(({ volume, image }) => ({ volume, plan: image })), lock: prepared.lock, snaps: seededSnaps(prepared.snaps), warnings: prepared.warnings, production: prepared.verified.production };
  if (await finishBuild(services.db, taken.buildId, owner, result, sizeOf)) return;
  signal.throwIfAborted();
  throw new LeaseLost();
}
