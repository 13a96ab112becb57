import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { utf8 } from '@/lib/bytes';
import { importBuildPublicKey } from '@/lib/keys/build-key';
import { setDigest } from './artifacts';
import { listAudit } from './audit';
import { listBuildKeys, replaceBuildKey, withBuildKey } from './build-keys';
import { deleteArtifacts, getBuild } from './builds';
import type { Ctx } from './context';
import { holdMasterKey, masterKey } from './master-key';
import { proveBuild } from './proofs';
import type { ProofInput } from './proofs';
import { audit } from './schema/audit';
import { artifact, buildEvidence } from './schema/builds';
import { buildKey } from './schema/keys';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { digest, finishedBuild, RESULT } from './testing/builds';
import { registerKey, signedModel } from './testing/models';

let brands: Brands;
let owner: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  owner = await brands.as('acme', 'owner');
  await registerKey(owner, 'main');
  await signedModel(owner, 'kiosk');
});
afterAll(() => brands.close());

const FILE = { kind: 'provenance' as const, fileName: 'kiosk.provenance.json', sizeBytes: 3, sha256: digest('e'), blobs: [digest('e')] };
const always = async () => true;
const proveAs = (id: string, of = FILE) => proveBuild(brands.db, id, async () => [of], always);
const jobs = async (id: string): Promise<number> => (await brands.db.execute(sql`select 1 from pgboss.job where name = 'proof' and data ->> 'buildId' = ${id}`)).rows.length;

async function digested(): Promise<{ id: string; number: number }> {
  const made = await finishedBuild(owner);
  for (const { id } of await missing(made.id)) await setDigest(brands.db, id, digest('f'));
  return made;
}
const missing = async (buildId: string) => (await brands.db.select().from(artifact).where(eq(artifact.buildId, buildId))).filter(({ sha256 }) => sha256 === null);

test('is asked for once, by the last checksum, however they come together', async () => {
  const forms = ['image-zst', 'image-raw', 'image-xz', 'image-gz'] as const;
  const { id } = await finishedBuild(owner, 'kiosk', { ...RESULT, artifacts: forms.map((kind) => ({ kind, fileName: kind, sizeBytes: 1, sha256: null, blobs: [digest('a')] })) });
  const [first, ...rest] = await missing(id);
  expect(await setDigest(brands.db, first!.id, digest('f'))).toBe(true);
  expect(await jobs(id)).toBe(0);
  await Promise.all(rest.map((file) => setDigest(brands.db, file.id, digest('f'))));
  expect(await jobs(id)).toBe(1);
  expect(await setDigest(brands.db, first!.id, digest('f'))).toBe(false);
  expect(await jobs(id)).toBe(1);
});

test('is told everything that was kept, and every file with its checksum', async () => {
  const { id, number } = await digested();
  let told: ProofInput | undefined;
  const view = await getBuild(owner, number);
  expect(await proveBuild(brands.db, id, async (input) => ((told = input), [FILE]), always)).toBe(true);
  expect(told).toEqual({
    ...RESULT.evidence,
    buildNumber: number,
    lock: RESULT.lock,
    epoch: RESULT.lock.epoch,
    images: [
      { fileName: 'kiosk.img.zst', sizeBytes: 1000, sha256: digest('a'), form: 'zst' },
      { fileName: 'kiosk.img', sizeBytes: 5_000_000_000, sha256: digest('f'), form: 'raw' },
    ],
    sideFiles: [{ fileName: 'kiosk.json', sizeBytes: 10, sha256: digest('b'), mediaType: 'application/json' }],
    startedOn: view.startedAt,
    finishedOn: view.finishedAt,
  });
});

test('is one change: files, key and audit row, or nothing', async () => {
  const { id, number } = await digested();
  const before = await brands.db.$count(audit);
  await expect(proveBuild(brands.db, id, async () => Promise.reject(new Error('the store is full')), always)).rejects.toThrow('the store is full');
  await expect(proveBuild(brands.db, id, async () => [FILE], async () => false)).rejects.toMatchObject({ code: 'blob-lost' });
  expect(await brands.db.$count(audit)).toBe(before);
  expect((await getBuild(owner, number)).proof).toEqual({ state: 'computing', keyId: null });

  expect(await Promise.all([proveAs(id), proveAs(id)])).toEqual(expect.arrayContaining([true, false]));
  const [entry] = (await listAudit(owner, { action: 'build-key.use', limit: 1 })).items;
  const { proof, artifacts } = await getBuild(owner, number);
  expect(entry).toMatchObject({ actor: { name: 'Imprint', email: null }, subject: { type: 'build', name: String(number) }, details: { keyId: proof.keyId } });
  expect([proof.state, artifacts.filter(({ kind }) => kind === 'provenance').length]).toEqual(['ready', 1]);
});

test('is not made while a checksum is missing, nor for a build that kept nothing to tell of', async () => {
  const { id, number } = await finishedBuild(owner);
  expect(await proveAs(id)).toBe(false);
  await deleteArtifacts(owner, number);
  expect((await getBuild(owner, number)).proof.state).toBe('lost');
  expect(await proveAs(id)).toBe(false);
  const old = await digested();
  await brands.db.delete(buildEvidence).where(eq(buildEvidence.buildId, old.id));
  expect((await getBuild(owner, old.number)).proof.state).toBe('none');
  for (const none of [old.id, '11111111-1111-4111-8111-111111111111', 'nonsense']) expect(await proveAs(none)).toBe(false);
});

test('stays when the images are deleted, and with it everything but them', async () => {
  const { id, number } = await digested();
  await proveAs(id);
  const { artifacts, proof } = await deleteArtifacts(owner, number);
  expect(artifacts.map(({ kind, deleted }) => [kind, deleted])).toEqual([['image-zst', true], ['image-raw', true], ['provenance', false], ['manifest', false]]);
  expect(proof.state).toBe('ready');
});

test('a brand’s build key is made once, though several builds want it first', async () => {
  const globex = await brands.as('globex', 'owner');
  const signers = await Promise.all([1, 2, 3].map((number) => brands.db.transaction((tx) => withBuildKey(tx, globex.brand, number, async ({ keyId, publicKey, sign }) => ({ keyId, publicKey, signature: await sign(utf8('x')) })))));
  const [key, ...more] = await listBuildKeys(globex);
  expect(more).toEqual([]);
  for (const { keyId, publicKey, signature } of signers) {
    expect([keyId, publicKey]).toEqual([key!.keyId, key!.publicKey]);
    expect(importBuildPublicKey(publicKey).verify(utf8('x'), signature)).toBe(true);
  }
  expect((await listAudit(globex, { action: 'build-key.create', limit: 5 })).items).toHaveLength(1);
});

test('of a replaced key the private half is gone and the public half stays', async () => {
  const old = (await listBuildKeys(owner))[0]!;
  const next = await replaceBuildKey(owner);
  expect(next).toMatchObject({ builds: 0, replacedAt: null, createdBy: { name: owner.actor.name } });
  expect((await listBuildKeys(owner))[1]).toMatchObject({ keyId: old.keyId, publicKey: old.publicKey, builds: old.builds, replacedAt: expect.any(String) });
  const [row] = await brands.db.select().from(buildKey).where(eq(buildKey.keyId, old.keyId));
  expect(row!.sealed).toBeNull();
});

test('a new key is asked for what could not be signed with the one before, and for nothing else', async () => {
  const waiting = await digested();
  const proven = await digested();
  const early = await finishedBuild(owner);
  await proveAs(proven.id);
  const before = await Promise.all([waiting.id, proven.id, early.id].map(jobs));
  await replaceBuildKey(owner);
  expect(await Promise.all([waiting.id, proven.id, early.id].map(jobs))).toEqual([before[0]! + 1, before[1], before[2]]);
});

test('nothing of a private half is in the database but sealed, and it opens under its master key and brand alone', async () => {
  const [row] = await brands.db.select().from(buildKey).where(eq(buildKey.keyId, (await listBuildKeys(owner))[0]!.keyId));
  expect(Buffer.from(row!.sealed!).includes(Buffer.from('302e020100300506032b6570', 'hex'))).toBe(false);
  const globex = await brands.as('globex', 'owner');
  const held = await masterKey();
  holdMasterKey(randomBytes(32));
  await expect(brands.db.transaction((tx) => withBuildKey(tx, owner.brand, 1, async () => 1))).rejects.toMatchObject({ code: 'sealed-key-other-master' });
  holdMasterKey(held);
  const [theirs] = await brands.db.select().from(buildKey).where(eq(buildKey.brandId, globex.brand.id));
  await brands.db.update(buildKey).set({ sealed: row!.sealed }).where(eq(buildKey.id, theirs!.id));
  await expect(brands.db.transaction((tx) => withBuildKey(tx, globex.brand, 1, async () => 1))).rejects.toMatchObject({ code: 'sealed-key-refused' });
});
