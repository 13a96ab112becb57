import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from './audit';
import { syncBrands } from './brands';
import { deleteArtifacts } from './builds';
import type { Ctx, Database } from './context';
import { share, shareOpen } from './schema/shares';
import { createShare, listShares, openShare, openSharedArtifact, revokeShare } from './shares';
import { TWO_BRANDS, twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { digest, finishedBuild, queueBuild, SNAP } from './testing/builds';
import { registerKey, signedModel } from './testing/models';

let brands: Brands;
let ctx: Ctx;
let db: Database;
let number: number;
beforeAll(async () => {
  brands = await twoBrands();
  ({ db } = brands);
  ctx = await brands.as('acme', 'builder');
  const owner = await brands.as('acme', 'owner');
  await registerKey(owner, 'main');
  await signedModel(owner, 'kiosk');
  ({ number } = await finishedBuild(owner));
});
afterAll(() => brands.close());

const from = { address: '198.51.100.9', userAgent: 'curl/8' };
const create = (more = {}) => createShare(ctx, number, { expiresInDays: 7, note: 'for the factory', ...more });

test('tells the token once and keeps only its hash', async () => {
  const { share: made, token } = await create();
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const [row] = await db.select().from(share).where(eq(share.id, made.id));
  expect(row!.tokenHash).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify([row, await listShares(ctx, number), (await listAudit(await brands.as('acme', 'auditor'), { limit: 200 })).items])).not.toContain(token);
  expect(made).toMatchObject({ build: number, note: 'for the factory', state: 'active', revokedAt: null, opens: 0, lastOpenedAt: null, log: [], createdBy: { name: 'acme builder' } });
  expect(new Date(made.expiresAt).getTime() - new Date(made.createdAt).getTime()).toBe(7 * 86_400_000);
});

test('shows a stranger with the link what was built, and notes the opening', async () => {
  const { share: made, token } = await create();
  const shared = await openShare(db, { id: made.id, token, ...from, what: 'page' });
  expect(shared).toMatchObject({ id: made.id, brandName: 'Acme', model: 'kiosk', modelDisplayName: 'Acme Kiosk', architecture: 'amd64', base: 'core24', grade: 'dangerous', revision: 1, note: 'for the factory', production: false, warnings: [{ code: 'kernel-compression', message: 'It may not start.' }], snaps: [SNAP] });
  expect(shared!.artifacts.map((file) => file.fileName)).toEqual(['kiosk.img.zst', 'kiosk.img', 'kiosk.json']);
  const [seen] = (await listShares(ctx, number)).filter((s) => s.id === made.id);
  expect(seen).toMatchObject({ opens: 1, lastOpenedAt: expect.any(String), log: [{ address: '198.51.100.9', userAgent: 'curl/8', what: 'page', download: null }] });
});

test('gives a file to whoever has the link, and notes what of it left: parts make one download', async () => {
  const { share: made, token } = await create();
  const open = (more = {}) => openSharedArtifact(db, { id: made.id, token, ...from, fileName: 'kiosk.img', ...more });
  const { file, note } = (await open())!;
  expect(file).toMatchObject({ fileName: 'kiosk.img', kind: 'image-raw', blobs: [digest('a')] });
  const { sizeBytes } = file;
  const seen = async () => (await listShares(ctx, number)).find((s) => s.id === made.id)!;
  expect(await seen()).toMatchObject({ opens: 0 });
  await note(0, 0);
  expect((await seen()).log).toMatchObject([{ what: 'kiosk.img', download: { sentBytes: 0, sizeBytes, complete: false } }]);
  await Promise.all([note(2, sizeBytes), (await open())!.note(0, 1)]);
  expect((await seen()).log).toMatchObject([{ download: { sentBytes: sizeBytes - 1, complete: false } }]);
  await note(0, 3);
  expect((await seen()).log).toMatchObject([{ download: { sentBytes: sizeBytes + 2, sizeBytes, complete: true } }]);
  await (await open({ address: '198.51.100.10' }))!.note(0, 1);
  expect(await seen()).toMatchObject({ opens: 2 });
  await expect(open({ fileName: 'other.img' })).rejects.toMatchObject({ code: 'not-found' });
});

test('what is asked for hours later is another download', async () => {
  const { share: made, token } = await create();
  const { note } = (await openSharedArtifact(db, { id: made.id, token, ...from, fileName: 'kiosk.img' }))!;
  await note(0, 1);
  await db.update(shareOpen).set({ lastAt: sql`now() - interval '61 minutes'` }).where(eq(shareOpen.shareId, made.id));
  await note(0, 1);
  expect((await listShares(ctx, number)).find((s) => s.id === made.id)).toMatchObject({ opens: 2 });
});

test('unknown, expired and revoked links and wrong tokens answer alike, and note nothing', async () => {
  const [expired, revoked, good] = [await create(), await create(), await create()];
  await db.update(share).set({ createdAt: sql`now() - interval '8 days'`, expiresAt: sql`now()` }).where(eq(share.id, expired.share.id));
  await revokeShare(ctx, revoked.share.id);
  const attempts = [
    [expired.share.id, expired.token],
    [revoked.share.id, revoked.token],
    [good.share.id, expired.token],
    [good.share.id, ''],
    [good.share.id, `${good.token}x`],
    ['00000000-0000-4000-8000-000000000000', good.token],
    ['nonsense', good.token],
    ['', ''],
    ['\0', '\0'],
  ] as const;
  const before = await db.$count(shareOpen);
  for (const [id, token] of attempts) {
    expect(await openShare(db, { id, token, ...from, what: 'page' })).toBeUndefined();
    expect(await openSharedArtifact(db, { id, token, ...from, fileName: 'kiosk.img' })).toBeUndefined();
  }
  expect(await db.$count(shareOpen)).toBe(before);
  const states = new Map((await listShares(ctx, number)).map((s) => [s.id, s.state]));
  expect([expired, revoked, good].map((s) => states.get(s.share.id))).toEqual(['expired', 'revoked', 'active']);
});

test('a link stops with its brand', async () => {
  const { share: made, token } = await create();
  await syncBrands(db, TWO_BRANDS.slice(1));
  expect(await openShare(db, { id: made.id, token, ...from, what: 'page' })).toBeUndefined();
  await syncBrands(db, TWO_BRANDS);
  expect(await openShare(db, { id: made.id, token, ...from, what: 'page' })).toBeDefined();
});

test('revokes once, and only in its own brand', async () => {
  const { share: made } = await create();
  const other = await brands.as('globex', 'builder');
  for (const id of [made.id, 'nonsense', '00000000-0000-4000-8000-000000000000']) await expect(revokeShare(other, id)).rejects.toMatchObject({ code: 'not-found' });
  expect(await revokeShare(ctx, made.id)).toMatchObject({ state: 'revoked', revokedAt: expect.any(String) });
  await expect(revokeShare(ctx, made.id)).rejects.toMatchObject({ code: 'conflict' });
  const log = await listAudit(await brands.as('acme', 'auditor'), { action: 'share.revoke', limit: 1 });
  expect(log.items[0]).toMatchObject({ sentence: `revoked a link to build ${number}`, subject: { type: 'share', name: made.id } });
});

test('shares only what was built', async () => {
  const waiting = await queueBuild(ctx);
  await expect(createShare(ctx, waiting.number, { expiresInDays: 1, note: '' })).rejects.toMatchObject({ code: 'conflict' });
});

test('shows the newest fifty openings and counts them all', async () => {
  const { share: made, token } = await create();
  for (let i = 0; i < 52; i += 1) await (await openSharedArtifact(db, { id: made.id, token, address: `a${i}\0`, userAgent: 'x'.repeat(2000), fileName: 'kiosk.img' }))!.note(0, 0);
  const seen = (await listShares(ctx, number)).find((s) => s.id === made.id)!;
  expect([seen.opens, seen.log.length, seen.log[0]!.address, seen.log.at(-1)!.address, seen.log[0]!.userAgent.length]).toEqual([52, 50, 'a51', 'a2', 500]);
});

test('says that a file behind a link was deleted', async () => {
  const { share: made, token } = await create();
  await deleteArtifacts(ctx, number);
  await expect(openSharedArtifact(db, { id: made.id, token, ...from, fileName: 'kiosk.img' })).rejects.toMatchObject({ code: 'gone' });
  expect((await openShare(db, { id: made.id, token, ...from, what: 'page' }))!.artifacts[0]).toMatchObject({ deleted: true });
});
