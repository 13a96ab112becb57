import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ArtifactView, BuildView } from '@/lib/api/builds';
import { listAudit } from '@/db/audit';
import { listBuildKeys, replaceBuildKey } from '@/db/build-keys';
import { deleteArtifacts, findArtifact, getBuild } from '@/db/builds';
import { artifact, build } from '@/db/schema/builds';
import { imprint } from '@/scripts/cli/testing';
import { writeArtifact } from '../testing/raw-image';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';
import { digestArtifact, sweep } from '../build/digest';
import { prove } from './prove';

const BASE = 'https://console.example';
let shop: Workshop;
let view: BuildView;

beforeAll(async () => {
  shop = await openWorkshop();
  ({ view } = await shop.build());
}, 300_000);
afterAll(() => shop.close());

const signal = new AbortController().signal;
const rowOf = async (number: number): Promise<string> => (await shop.brands.db.select({ id: build.id }).from(build).where(eq(build.number, number)))[0]!.id;
const proveIt = async (number: number): Promise<void> => prove(await rowOf(number), { db: shop.brands.db, store: shop.services.blobs, base: BASE, log: shop.services.log });
const kindsOf = ({ artifacts }: BuildView): string[] => artifacts.map(({ kind }) => kind);
const fileOf = ({ artifacts }: BuildView, kind: ArtifactView['kind']): string => artifacts.find((each) => each.kind === kind)!.fileName;

async function digestAll(number: number): Promise<void> {
  for (const { id } of await shop.brands.db.select({ id: artifact.id }).from(artifact).where(eq(artifact.buildId, await rowOf(number)))) await digestArtifact(id, signal, shop.services);
}

/** As somebody who fetches every file of the build into one folder. */
async function download(of: BuildView, name: string, wanted: (file: ArtifactView) => boolean = () => true): Promise<string> {
  const folder = join(shop.dir, name);
  await mkdir(folder);
  for (const file of of.artifacts.filter(wanted)) await writeArtifact(shop.services.blobs, await findArtifact(shop.owner, of.number, file.fileName), join(folder, file.fileName));
  return folder;
}

const verify = (folder: string, of: BuildView) => imprint(['evidence', 'verify', '--build-key', fileOf(of, 'build-key'), '--trusted', shop.embedded.trusted, '.'], { folder });

describe('the evidence of a build', () => {
  test('is there with the link as far as it needs no checksum, and the rest follows the last of them', async () => {
    expect(kindsOf(view)).toEqual(['image-zst', 'image-raw', 'image-xz', 'image-gz', 'image-qcow2', 'bmap', 'lock', 'manifest', 'seed-manifest', 'spdx', 'cyclonedx', 'model', 'assertions', 'log']);
    expect(view.proof).toEqual({ state: 'computing', keyId: null });
    await proveIt(view.number);
    expect((await getBuild(shop.owner, view.number)).proof.state).toBe('computing');
    expect(await listBuildKeys(shop.owner)).toEqual([]);

    await digestAll(view.number);
    await proveIt(view.number);
    const proven = await getBuild(shop.owner, view.number);
    const [key] = await listBuildKeys(shop.owner);
    expect(proven.proof).toEqual({ state: 'ready', keyId: key!.keyId });
    expect(kindsOf(proven).slice(6, 9)).toEqual(['provenance', 'checksums', 'build-key']);
    expect(proven.artifacts.map(({ fileName }) => fileName)).toEqual(expect.arrayContaining(['kiosk-r1-build1.provenance.json', 'SHA256SUMS', 'kiosk-r1-build1.lock.json', 'kiosk-r1-build1.seed.manifest', 'kiosk-r1-build1.spdx.json', 'kiosk-r1-build1.cdx.json', 'kiosk-r1-build1.assertions']));
    expect(key).toMatchObject({ builds: 1, createdBy: null, replacedAt: null });
    expect((await listAudit(shop.owner, { limit: 2 })).items.map(({ action, actor }) => [action, actor.name])).toEqual([
      ['build-key.use', 'Imprint'],
      ['build-key.create', 'Imprint'],
    ]);
    view = proven;
  });

  test('is signed once, however often it is asked for', async () => {
    await proveIt(view.number);
    expect((await getBuild(shop.owner, view.number)).artifacts).toEqual(view.artifacts);
  });

  test('is accepted by evidence verify as it was downloaded, and by sha256sum', async () => {
    // The forms hold the same bytes; two of them are enough for a disk.
    const folder = await download(view, 'whole', ({ kind }) => !['image-raw', 'image-gz', 'image-qcow2'].includes(kind));
    const { code, stdout, stderr } = await verify(folder, view);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n').map((line) => line.split('\t').slice(0, 3).join(' '));
    const stem = 'kiosk-r1-build1';
    expect(lines).toEqual(expect.arrayContaining([`ok signature ${stem}.provenance.json`, `ok checksums ${stem}.provenance.json`, `ok chain ${stem}.model`, `ok lock ${stem}.lock.json`, ...['.manifest.json', '.seed.manifest', '.spdx.json', '.cdx.json'].map((ending) => `ok list ${stem}${ending}`), `ok checksum ${stem}.img.zst`, `ok checksum ${stem}.img.xz`, `ok checksum ${stem}.img.bmap`, `ok checksum ${stem}.log`]));
    expect(lines.filter((line) => line.startsWith('absent'))).toEqual(['img', 'img.gz', 'qcow2'].map((ending) => `absent checksum ${stem}.${ending}`));
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', '--ignore-missing', 'SHA256SUMS'], { cwd: folder });

    const changed = join(shop.dir, 'changed');
    await mkdir(changed);
    for (const { fileName } of view.artifacts.filter(({ kind }) => !kind.startsWith('image-'))) await copyFile(join(folder, fileName), join(changed, fileName));
    const spdx = join(changed, fileOf(view, 'spdx'));
    await writeFile(spdx, (await readFile(spdx, 'utf8')).replace('SPDX-2.3', 'SPDX-2.2'));
    expect(await verify(changed, view)).toMatchObject({ code: 1, stderr: expect.stringContaining('Its SHA-256 is') });
  });

  test('tells who built it, as which build, and when', async () => {
    const folder = await download(view, 'provenance', ({ kind }) => kind === 'provenance');
    const { payload } = JSON.parse(await readFile(join(folder, fileOf(view, 'provenance')), 'utf8')) as { payload: string };
    const { predicate } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as { predicate: { runDetails: unknown } };
    expect(predicate.runDetails).toMatchObject({ builder: { id: BASE, version: { Imprint: expect.any(String) } }, metadata: { invocationId: 'acme-account/1', startedOn: view.startedAt, finishedOn: view.finishedAt } });
  });

  test('outlives the images, and a new build key', async () => {
    const before = await listBuildKeys(shop.owner);
    const next = await replaceBuildKey(shop.owner);
    const gone = await deleteArtifacts(shop.owner, view.number);
    const blobs = await shop.brands.db.select({ blobs: artifact.blobs }).from(artifact).where(eq(artifact.buildId, await rowOf(view.number)));
    await sweep([...new Set(blobs.flatMap((file) => file.blobs))], shop.services);
    expect(gone.proof.state).toBe('ready');
    const folder = await download(gone, 'without-images', ({ deleted }) => !deleted);
    expect(await verify(folder, gone)).toMatchObject({ code: 0 });

    const { view: second } = await shop.build();
    await digestAll(second.number);
    await proveIt(second.number);
    expect((await getBuild(shop.owner, second.number)).proof.keyId).toBe(next.keyId);
    expect(await listBuildKeys(shop.owner)).toMatchObject([{ keyId: next.keyId, builds: 1, replacedAt: null }, { ...before[0], replacedAt: expect.any(String) }]);
    expect(second.artifacts.map(({ sha256, kind }) => [kind, sha256]).filter(([kind]) => kind === 'lock')).toEqual([['lock', gone.artifacts.find(({ kind }) => kind === 'lock')!.sha256]]);
    await rm(folder, { recursive: true });
  });

  test('never comes for an image that was deleted before it had its checksums, and is not waited for', async () => {
    const { view: third } = await shop.build();
    expect((await deleteArtifacts(shop.owner, third.number)).proof).toEqual({ state: 'lost', keyId: null });
    await proveIt(third.number);
    expect(kindsOf(await getBuild(shop.owner, third.number))).not.toContain('provenance');
  });
});
