import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArtifactKind } from '@/lib/api/builds';
import { findUndigested, setDigest } from './artifacts';
import { sweepBlobs } from './blobs';
import type { BuildResult, NewArtifact } from './build-progress';
import { finishBuild } from './build-progress';
import { deleteArtifacts, findArtifact, getBuild, listBuilds } from './builds';
import type { Ctx, Database } from './context';
import { forgetUnneeded } from './forget';
import { proveBuild } from './proofs';
import type { ProofInput } from './proofs';
import { artifact, imagePlan } from './schema/builds';
import { createShare, openShare, openSharedArtifact } from './shares';
import type { Brands } from './testing/brands';
import { digest, finishedBuild, RESULT, runningBuild } from './testing/builds';
import { twoBrandsWithModels } from './testing/models';

let brands: Brands;
let ctx: Ctx;
let globex: Ctx;
let db: Database;
beforeAll(async () => {
  ({ brands, ctx, globex } = await twoBrandsWithModels());
  ({ db } = brands);
});
afterAll(() => brands.close());

const plan = (letter: string) => ({ sizeBytes: 9, segments: [{ kind: 'blob' as const, sha3_384: letter.repeat(96), offset: 0, length: 9, crc32: 1 }] });
const form = (volume: string, kind: ArtifactKind, ending: string, letter: string, sizeBytes: number): NewArtifact => ({ kind, volume, fileName: `${volume}.${ending}`, sizeBytes, sha256: null, blobs: [digest(letter), digest('9')] });
const disk = (volume: string, letter: string, sizeBytes: number): NewArtifact[] => [form(volume, 'bmap', 'img.bmap', letter, 1), form(volume, 'image-raw', 'img', letter, 9), form(volume, 'image-zst', 'img.zst', letter, sizeBytes)];
/** The system's volume is neither the first nor the last by name, and both come from the blob 9. */
const TWO: BuildResult = {
  ...RESULT,
  plans: [{ volume: 'pc', plan: plan('1') }, { volume: 'firmware', plan: plan('2') }, { volume: 'tail', plan: plan('3') }],
  artifacts: [{ kind: 'manifest', fileName: 'kiosk.manifest.json', sizeBytes: 2, sha256: digest('4'), blobs: [digest('4')] }, ...disk('firmware', '2', 30), ...disk('tail', '3', 400), ...disk('pc', '1', 5)],
};
const NAMES = ['pc', 'firmware', 'tail'].flatMap((volume) => [`${volume}.img.zst`, `${volume}.img`, `${volume}.img.bmap`]);

const PROOF: NewArtifact & { sha256: string } = { kind: 'provenance', fileName: 'kiosk.provenance.json', sizeBytes: 3, sha256: digest('e'), blobs: [digest('e')] };
const plansOf = async (id: string) => db.$count(imagePlan, eq(imagePlan.buildId, id));

test('files stand volume after volume, the system’s first, and last what is about all; their bytes count together', async () => {
  const { number } = await finishedBuild(ctx, 'kiosk', TWO);
  const view = await getBuild(ctx, number);
  expect(view.artifacts.map(({ fileName }) => fileName)).toEqual([...NAMES, 'kiosk.manifest.json']);
  expect(view.artifacts.map(({ volume }) => volume)).toEqual([...['pc', 'firmware', 'tail'].flatMap((volume) => [volume, volume, volume]), '']);
  expect(view.imageBytes).toBe(435);
  expect((await listBuilds(ctx, { limit: 1 })).items[0]!.imageBytes).toBe(435);
});

test('each file comes from its own volume’s plan, for a member as for who has a link', async () => {
  const { number } = await finishedBuild(ctx, 'kiosk', TWO);
  const { share, token } = await createShare(ctx, number, { expiresInDays: 1, note: '' });
  const from = { id: share.id, token, address: '198.51.100.9', userAgent: 'curl/8' };
  expect((await openShare(db, { ...from, what: 'page' }))!.artifacts).toEqual((await getBuild(ctx, number)).artifacts);
  for (const { volume, plan: own } of TWO.plans) {
    const wanted = { fileName: `${volume}.img`, image: { form: 'raw', plan: own } };
    expect(await findArtifact(ctx, number, `${volume}.img`)).toMatchObject(wanted);
    expect((await openSharedArtifact(db, { ...from, fileName: `${volume}.img` }))!.file).toMatchObject(wanted);
    expect(await findArtifact(ctx, number, `${volume}.img.bmap`)).toMatchObject({ image: null });
  }
  expect(await findArtifact(ctx, number, 'kiosk.manifest.json')).toMatchObject({ image: null });
  for (const name of ['PC.img', 'kiosk.img', 'pc', '.img']) await expect(findArtifact(ctx, number, name)).rejects.toMatchObject({ code: 'not-found' });
});

test('another brand’s volume of the same name is another’s', async () => {
  const theirs: BuildResult = { ...TWO, plans: [{ volume: 'pc', plan: plan('7') }, { volume: 'firmware', plan: plan('8') }], artifacts: [...disk('pc', '7', 5), ...disk('firmware', '8', 5)] };
  const own = await finishedBuild(ctx, 'kiosk', TWO);
  const other = await finishedBuild(globex, 'kiosk', theirs);
  expect((await findArtifact(globex, other.number, 'pc.img')).image!.plan).toEqual(plan('7'));
  await expect(findArtifact(globex, own.number, 'pc.img')).rejects.toMatchObject({ code: 'not-found' });
  expect((await findArtifact(ctx, own.number, 'pc.img')).image!.plan).toEqual(plan('1'));
});

test('the checksum of each form is of its own volume, and the proof is asked for by the last of all', async () => {
  const { id } = await finishedBuild(ctx, 'kiosk', TWO);
  const jobs = async () => (await db.execute(sql`select 1 from pgboss.job where name = 'proof' and data ->> 'buildId' = ${id}`)).rows.length;
  const files = await db.select().from(artifact).where(eq(artifact.buildId, id));
  const missing = files.filter(({ sha256 }) => sha256 === null);
  expect(missing).toHaveLength(9);
  for (const file of missing) {
    expect(await jobs()).toBe(0);
    const found = await findUndigested(db, file.id);
    expect(found).toMatchObject({ fileName: file.fileName, image: file.kind === 'bmap' ? null : { plan: TWO.plans.find(({ volume }) => volume === file.volume)!.plan } });
    await setDigest(db, file.id, digest('f'));
  }
  expect(await jobs()).toBe(1);
  let told: ProofInput | undefined;
  await proveBuild(db, id, async (input) => ((told = input), [PROOF]), async () => true);
  expect(told!.images.map(({ fileName, form: as }) => [fileName, as])).toEqual(['pc', 'firmware', 'tail'].flatMap((volume) => [[`${volume}.img.zst`, 'zst'], [`${volume}.img`, 'raw']]));
  expect(told!.sideFiles.map(({ fileName }) => fileName)).toEqual(['pc.img.bmap', 'firmware.img.bmap', 'tail.img.bmap', 'kiosk.manifest.json']);
});

test('blobs and plans of all volumes stay as long as the images, and go with them', async () => {
  const blobs = ['a', 'b', 'c', 'd'];
  const own = (volume: string, letter: string): NewArtifact => ({ ...form(volume, 'image-raw', 'img', letter, 9), blobs: [digest(letter), digest('d')] });
  const result: BuildResult = { ...TWO, artifacts: [own('pc', 'a'), own('firmware', 'b'), own('tail', 'c')] };
  const { id, number } = await finishedBuild(ctx, 'kiosk', result);
  const sweep = () => sweepBlobs(db, blobs.map(digest), async () => undefined);
  await forgetUnneeded(db);
  expect([await sweep(), await plansOf(id)]).toEqual([[], 3]);
  await deleteArtifacts(ctx, number);
  await forgetUnneeded(db);
  expect([await sweep(), await plansOf(id)]).toEqual([blobs.map(digest), 0]);
  expect((await getBuild(ctx, number)).artifacts.map(({ volume, deleted }) => [volume, deleted])).toEqual([['pc', true], ['firmware', true], ['tail', true]]);
});

test('a build has one plan of a volume, and publishes all of them or none', async () => {
  const { id, owner, number } = await runningBuild(ctx);
  await expect(finishBuild(db, id, owner, { ...TWO, plans: [TWO.plans[0]!, TWO.plans[0]!] })).rejects.toThrow();
  await expect(finishBuild(db, id, owner, TWO, async (blob) => (blob === digest('3') ? undefined : 1))).rejects.toMatchObject({ code: 'blob-lost' });
  expect([await plansOf(id), (await getBuild(ctx, number)).artifacts]).toEqual([0, []]);
  expect(await finishBuild(db, id, owner, TWO, async () => 1)).toBe(true);
  expect(await plansOf(id)).toBe(3);
});
