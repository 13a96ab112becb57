import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArtifactView, BuildView } from '@/lib/api/builds';
import { BOARD_SETS } from '@/lib/prepare/testing/board-sets';
import type { StubSet } from '@/lib/prepare/testing/make-set';
import { deleteArtifacts, findArtifact, getBuild } from '@/db/builds';
import { artifact, build, imagePlan } from '@/db/schema/builds';
import type { BlobStore } from '@/lib/storage/blob-store';
import { imprint } from '@/scripts/cli/testing';
import { openBoards, type Boards } from '../testing/boards';
import { writeArtifact } from '../testing/raw-image';
import { prove } from '../web/prove';
import { digestArtifact } from './digest';
import { runBuild } from './run-build';
import type { Services } from './services';
import { tidy } from './tidy';

let boards: Boards;
let services: Services;
let view: BuildView;
/** A disk for the system, one for the firmware, and an eMMC that is written on the device. */
const { set } = BOARD_SETS['UC22 with several volumes']!;

beforeAll(async () => {
  boards = await openBoards();
  ({ view, services } = await boards.build(set, 'many'));
});
afterAll(() => boards.close());

const ENDINGS = ['img.zst', 'img', 'img.xz', 'img.gz', 'qcow2', 'img.bmap'];
const MADE = ['pc', 'firmware'].flatMap((volume) => ENDINGS.map((ending) => `${volume}.${ending}`));
/** The same files as the console calls them. */
const inBuild = (name: string, number = 1) => `many-r1-build${number}-${name}`;
const DISKS = MADE.map((name) => inBuild(name));
const namesOf = ({ artifacts }: BuildView) => artifacts.map(({ fileName }) => fileName);
const nextMonth = () => new Date(Date.now() + 30 * 24 * 3600 * 1000);
const rowOf = async ({ number }: BuildView) => (await boards.brands.db.select({ id: build.id }).from(build).where(eq(build.number, number)))[0]!.id;

/** As somebody who fetches files of the build into one folder; gives the SHA-256 of each. */
async function download(of: BuildView, name: string, wanted: (file: ArtifactView) => boolean): Promise<{ folder: string; digests: Record<string, string> }> {
  const folder = join(boards.dir, name);
  await mkdir(folder);
  const digests: Record<string, string> = {};
  for (const { fileName } of of.artifacts.filter(wanted)) digests[fileName] = await writeArtifact(services.blobs, await findArtifact(boards.owner, of.number, fileName), join(folder, fileName));
  return { folder, digests };
}

test('a gadget with several volumes is published as an image each, each told apart by its volume, with one of everything that tells of them', async () => {
  expect([view.failure, view.state]).toEqual([null, 'succeeded']);
  expect(namesOf(view)).toEqual([...DISKS, ...['lock.json', 'manifest.json', 'seed.manifest', 'spdx.json', 'cdx.json', 'model', 'assertions', 'log'].map((ending) => `many-r1-build1.${ending}`)]);
  expect(view.artifacts.map(({ volume }) => volume)).toEqual([...MADE.map((name) => name.split('.')[0]), ...Array<string>(8).fill('')]);
  const sizes = Object.fromEntries(view.artifacts.map(({ fileName, sizeBytes }) => [fileName, sizeBytes]));
  expect(view.imageBytes).toBe(sizes[inBuild('pc.img.zst')]! + sizes[inBuild('firmware.img.zst')]!);
  const { folder } = await download(view, 'manifest', ({ kind }) => kind === 'manifest');
  const manifest = JSON.parse(await readFile(join(folder, 'many-r1-build1.manifest.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({ image: { sizeBytes: sizes[inBuild('pc.img')] }, volumes: [{ name: 'pc', sizeBytes: sizes[inBuild('pc.img')] }, { name: 'firmware', sizeBytes: sizes[inBuild('firmware.img')] }] });
  expect(view.stages.find(({ name }) => name === 'render')!.sentence).toMatch(/^pc: Kept .* firmware: Kept /);
});

test('every form of every volume is the file that the command line makes of the same lock', async () => {
  const { folder, digests } = await download(view, 'disks', ({ volume, kind }) => volume !== '' || kind === 'lock' || kind === 'model');
  const args = ['--model', 'many-r1-build1.model', '--lock', 'many-r1-build1.lock.json', '--store', boards.embedded.server.url, '--trusted', boards.embedded.trusted];
  const made = await imprint(['image', 'build', ...args, '--format', 'img,img.zst,img.xz,img.gz,qcow2,bmap', '--out', 'made'], { folder, env: { XDG_CACHE_HOME: join(boards.dir, 'cache') } });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const told = Object.fromEntries(made.stdout.trimEnd().split('\n').map((line) => line.split('  ').reverse() as [string, string]));
  expect((await readdir(join(folder, 'made'))).filter((name) => /\.(?:img|qcow2)/.test(name)).sort()).toEqual([...MADE].sort());
  for (const name of MADE) expect([name, digests[inBuild(name)]]).toEqual([name, told[name]]);
  expect(digests[inBuild('pc.img')]).not.toBe(digests[inBuild('firmware.img')]);
  for (const volume of ['pc', 'firmware']) {
    execFileSync('qemu-img', ['compare', join(folder, inBuild(`${volume}.img`)), join(folder, inBuild(`${volume}.qcow2`))]);
    execFileSync('bmaptool', ['copy', '--bmap', join(folder, inBuild(`${volume}.img.bmap`)), join(folder, inBuild(`${volume}.img`)), join(folder, 'flashed')], { stdio: 'pipe' });
  }
});

test('the provenance and the checksums speak of all volumes, and evidence verify and sha256sum take the folder as it is', async () => {
  const { db } = boards.brands;
  const files = await db.select({ id: artifact.id }).from(artifact).where(eq(artifact.buildId, await rowOf(view)));
  for (const { id } of files) await digestArtifact(id, new AbortController().signal, services);
  await prove(await rowOf(view), { db, store: services.blobs, base: 'https://console.example', log: services.log });
  const proven = await getBuild(boards.owner, view.number);
  expect(proven.proof.state).toBe('ready');

  const { folder, digests } = await download(proven, 'whole', () => true);
  expect(proven.artifacts.map(({ fileName, sha256 }) => [fileName, sha256])).toEqual(namesOf(proven).map((name) => [name, digests[name]]));
  const verify = () => imprint(['evidence', 'verify', '--build-key', 'many-r1-build1.build-key.pem', '--trusted', boards.embedded.trusted, '.'], { folder });
  const { code, stdout, stderr } = await verify();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n').map((line) => line.split('\t').slice(0, 3).join(' '));
  expect(lines).toEqual(expect.arrayContaining([...DISKS.map((name) => `ok checksum ${name}`), 'ok chain many-r1-build1.model', 'ok lock many-r1-build1.lock.json', 'ok list many-r1-build1.spdx.json']));
  expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: folder });
  const { payload } = JSON.parse(await readFile(join(folder, 'many-r1-build1.provenance.json'), 'utf8')) as { payload: string };
  const { subject } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as { subject: { name: string; digest: { sha256: string } }[] };
  expect(subject.map(({ name, digest }) => [name, digest.sha256])).toEqual(DISKS.filter((name) => !name.endsWith('bmap')).map((name) => [name, digests[name]]));

  await appendFile(join(folder, inBuild('firmware.img.gz')), 'x');
  expect(await verify()).toMatchObject({ code: 1, stderr: expect.stringContaining('firmware.img.gz: Its SHA-256 is') as unknown });
});

test('a build that is held between storing and publishing loses nothing of any volume, although it alone needs it and a month goes by', async () => {
  const { digests } = await download(view, 'first', ({ kind, volume }) => volume !== '' && kind !== 'bmap');
  let stored!: () => void;
  let publish!: () => void;
  const [isStored, mayPublish] = [new Promise<void>((resolve) => (stored = resolve)), new Promise<void>((resolve) => (publish = resolve))];
  const holding = Object.create(services.blobs, {
    put: {
      async value(...args: Parameters<BlobStore['put']>) {
        const blob = await services.blobs.put(...args);
        // Of the second build only what is published beside the disks is new.
        stored();
        await mayPublish;
        return blob;
      },
    },
  }) as BlobStore;
  const { buildId, number } = await boards.request('many');
  const running = runBuild(buildId, new AbortController().signal, { ...services, blobs: holding });
  await isStored;
  await deleteArtifacts(boards.owner, view.number);
  await tidy(services, { now: nextMonth() });
  publish();
  await running;
  view = await getBuild(boards.owner, number);
  expect([view.failure, view.state, view.attempt]).toEqual([null, 'succeeded', 1]);
  const again = await download(view, 'second', ({ kind, volume }) => volume !== '' && kind !== 'bmap');
  expect(Object.values(again.digests)).toEqual(Object.values(digests));
});

test('nothing of any volume is collected as long as the images are there, and all of it after', async () => {
  const before = await download(view, 'before', ({ volume }) => volume !== '');
  await tidy(services, { now: nextMonth() });
  expect((await download(view, 'after', ({ volume }) => volume !== '')).digests).toEqual(before.digests);

  const gone = await deleteArtifacts(boards.owner, view.number);
  expect(gone.artifacts.filter(({ deleted }) => deleted).map(({ fileName }) => fileName)).toEqual(MADE.filter((name) => !name.endsWith('bmap')).map((name) => inBuild(name, view.number)));
  await tidy(services, { now: nextMonth() });
  const left: string[] = [];
  for await (const { sha3_384 } of services.blobs.list()) left.push(sha3_384);
  const live = (await boards.brands.db.select().from(artifact)).filter(({ deletedAt }) => deletedAt === null);
  expect(left.sort()).toEqual([...new Set(live.flatMap(({ blobs }) => blobs))].sort());
  expect(await boards.brands.db.$count(imagePlan)).toBe(0);
});

test('where all other volumes are an eMMC’s there is one image, called as ever', async () => {
  const one = await boards.build(without('firmware', set), 'single');
  expect([one.view.failure, one.view.state]).toEqual([null, 'succeeded']);
  expect(namesOf(one.view).slice(0, 6)).toEqual(ENDINGS.map((ending) => `single-r1-build3.${ending}`));
  expect(one.view.artifacts.filter(({ volume }) => volume !== '')).toEqual([]);
  expect(one.view.stages.find(({ name }) => name === 'render')!.sentence).toMatch(/^Kept /);
});

/** The set with a volume less in its gadget. */
function without(volume: string, { model, snaps }: StubSet): StubSet {
  const cut = (yaml: string): string => yaml.replace(new RegExp(`^  ${volume}:\n(?:    .*\n)+`, 'm'), '');
  return { model, snaps: snaps.map((snap) => (snap.type === 'gadget' ? { ...snap, revision: 99, files: { ...snap.files, 'meta/gadget.yaml': cut(String(snap.files!['meta/gadget.yaml'])) } } : snap)) };
}
