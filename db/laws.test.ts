import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCESS, ROLES } from '@/lib/access';
import type { Role, Verb } from '@/lib/access';
import { listAudit } from './audit';
import { readStoreCredentials } from './brands';
import { cancelBuild, deleteArtifacts, findArtifact, getBuild, listBuilds, readLog, requestBuild, watchBuild } from './builds';
import type { Ctx } from './context';
import { createKey, getKey, keepKey, listKeys, recordAccountKey, recordRegistrationProblem, requestForKey, retireKey, withSigningKey } from './keys';
import { createModel, getModel, getVersion, listModels, listVersions, saveVersion } from './models';
import { getOverview } from './overview';
import { getTeam } from './people';
import { audit } from './schema/audit';
import { createShare, listShares, revokeShare } from './shares';
import { getSignedModel, signModel } from './signatures';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { finishedBuild, queueBuild } from './testing/builds';
import { chainFor, HEADERS, registerKey, sharedKey, signedModel, testAnchors } from './testing/models';

/** Acme's things, each of which Globex has none of. */
const MODEL = 'acme-kiosk';
const KEY = 'acme-key';
const PAGE = { limit: 10 };
let waiting: number;
let built: number;
let shareId: string;
let drafts = 0;
const draftName = () => `draft-${(drafts += 1)}`;

type Law = { name: string; verb: Verb; /** Names a thing that only Acme has. */ ofAcme: boolean; /** The audit row it writes. */ action?: string; run: (ctx: Ctx) => Promise<unknown> };

/** Every verb that takes a Ctx. One that is missing here is missing a test. */
const LAWS: Law[] = [
  { name: 'getOverview', verb: 'brand.read', ofAcme: false, run: getOverview },
  { name: 'getTeam', verb: 'team.read', ofAcme: false, run: getTeam },
  { name: 'listAudit', verb: 'audit.read', ofAcme: false, run: (ctx) => listAudit(ctx, PAGE) },
  { name: 'readStoreCredentials', verb: 'key.register', ofAcme: false, run: readStoreCredentials },
  { name: 'listKeys', verb: 'brand.read', ofAcme: false, run: listKeys },
  { name: 'getKey', verb: 'brand.read', ofAcme: true, run: (ctx) => getKey(ctx, KEY) },
  { name: 'createKey', verb: 'key.create', ofAcme: false, run: (ctx) => createKey(ctx, { name: KEY }) },
  { name: 'withSigningKey', verb: 'model.sign', ofAcme: true, run: (ctx) => withSigningKey(ctx, KEY, async (key) => key.keyId) },
  { name: 'requestForKey', verb: 'key.register', ofAcme: true, run: (ctx) => requestForKey(ctx, KEY) },
  { name: 'recordAccountKey', verb: 'key.register', ofAcme: true, action: 'key.register', run: async (ctx) => recordAccountKey(ctx, KEY, await chainFor(ctx, sharedKey()), await testAnchors()) },
  { name: 'recordRegistrationProblem', verb: 'key.register', ofAcme: true, action: 'key.refuse', run: (ctx) => recordRegistrationProblem(ctx, KEY, 'No.') },
  { name: 'listModels', verb: 'brand.read', ofAcme: false, run: (ctx) => listModels(ctx, PAGE) },
  { name: 'getModel', verb: 'brand.read', ofAcme: true, run: (ctx) => getModel(ctx, MODEL) },
  { name: 'listVersions', verb: 'brand.read', ofAcme: true, run: (ctx) => listVersions(ctx, MODEL) },
  { name: 'getVersion', verb: 'brand.read', ofAcme: true, run: (ctx) => getVersion(ctx, MODEL, 1) },
  { name: 'createModel', verb: 'model.edit', ofAcme: false, action: 'model.create', run: (ctx) => createModel(ctx, { name: draftName(), headers: HEADERS, note: '' }) },
  { name: 'saveVersion', verb: 'model.edit', ofAcme: true, action: 'model.save', run: async (ctx) => saveVersion(ctx, MODEL, { baseVersion: (await getModel(ctx, MODEL)).latestVersion, headers: HEADERS, note: '' }) },
  { name: 'signModel', verb: 'model.sign', ofAcme: true, action: 'model.sign', run: (ctx) => signModel(ctx, MODEL, { version: 1 }) },
  { name: 'getSignedModel', verb: 'brand.read', ofAcme: true, run: (ctx) => getSignedModel(ctx, MODEL, 1) },
  { name: 'requestBuild', verb: 'build.request', ofAcme: true, action: 'build.request', run: (ctx) => requestBuild(ctx, { model: MODEL }) },
  { name: 'listBuilds', verb: 'brand.read', ofAcme: false, run: (ctx) => listBuilds(ctx, PAGE) },
  { name: 'getBuild', verb: 'brand.read', ofAcme: true, run: (ctx) => getBuild(ctx, built) },
  { name: 'readLog', verb: 'brand.read', ofAcme: true, run: (ctx) => readLog(ctx, built, 0) },
  { name: 'cancelBuild', verb: 'build.cancel', ofAcme: true, action: 'build.cancel', run: (ctx) => cancelBuild(ctx, waiting) },
  { name: 'findArtifact', verb: 'artifact.download', ofAcme: true, run: (ctx) => findArtifact(ctx, built, 'kiosk.img') },
  { name: 'listShares', verb: 'brand.read', ofAcme: true, run: (ctx) => listShares(ctx, built) },
  { name: 'createShare', verb: 'share.create', ofAcme: true, action: 'share.create', run: (ctx) => createShare(ctx, built, { expiresInDays: 1, note: '' }) },
  { name: 'revokeShare', verb: 'share.revoke', ofAcme: true, action: 'share.revoke', run: (ctx) => revokeShare(ctx, shareId) },
  { name: 'deleteArtifacts', verb: 'artifact.delete', ofAcme: true, action: 'artifact.delete', run: (ctx) => deleteArtifacts(ctx, built) },
  { name: 'retireKey', verb: 'key.retire', ofAcme: true, action: 'key.retire', run: (ctx) => retireKey(ctx, KEY) },
];

let brands: Brands;
beforeAll(async () => {
  brands = await twoBrands();
  const owner = await brands.as('acme', 'owner');
  await registerKey(owner, KEY);
  await signedModel(owner, MODEL);
  built = (await finishedBuild(owner, MODEL)).number;
  waiting = (await queueBuild(owner, MODEL)).number;
  shareId = (await createShare(owner, built, { expiresInDays: 1, note: '' })).share.id;
});
afterAll(() => brands.close());

const strongest = (verb: Verb): Role => ACCESS[verb][0]!;
const weak = (verb: Verb): Role[] => ROLES.filter((role) => !ACCESS[verb].includes(role));

for (const law of LAWS.filter(({ verb }) => weak(verb).length > 0))
  test.each(weak(law.verb))(`${law.name} is forbidden to a %s, who learns why and changes nothing`, async (role) => {
    const before = await brands.db.$count(audit);
    const ctx = await brands.as('acme', role);
    const signIns = (await brands.db.$count(audit)) - before;
    await expect(law.run(ctx)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining(`Your role is ${role}.`) });
    expect((await brands.db.$count(audit)) - before - signIns).toBe(0);
  });

test.each(LAWS.filter((law) => law.ofAcme))('$name does not find what another brand has, and changes nothing', async ({ run, verb }) => {
  const ctx = await brands.as('globex', strongest(verb));
  const before = await brands.db.$count(audit);
  await expect(run(ctx)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('Globex') });
  expect(await brands.db.$count(audit)).toBe(before);
});

test.each(LAWS.filter((law) => law.action !== undefined))('$name writes one audit row, in the name of who asked', async ({ run, verb, action }) => {
  const ctx = await brands.as('acme', strongest(verb));
  const before = await brands.db.$count(audit);
  await run(ctx);
  expect(await brands.db.$count(audit)).toBe(before + 1);
  const [row] = (await listAudit(await brands.as('acme', 'auditor'), { ...PAGE, action })).items;
  expect(row).toMatchObject({ action, actor: { name: ctx.actor.name, email: ctx.actor.email }, address: ctx.actor.address, requestId: ctx.actor.requestId });
});

test('a build is watched in its own brand only', async () => {
  await expect(watchBuild(await brands.as('globex', 'owner'), built, () => undefined)).rejects.toMatchObject({ code: 'not-found' });
});

test('reading writes no audit row', async () => {
  const owner = await brands.as('acme', 'owner');
  await keepKey(owner, 'spare', sharedKey(1));
  const before = await brands.db.$count(audit);
  for (const { run } of LAWS.filter(({ verb, action, name }) => action === undefined && verb === 'brand.read' && name !== 'createKey')) await run(owner);
  expect(await brands.db.$count(audit)).toBe(before);
});
