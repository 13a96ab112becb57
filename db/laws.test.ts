import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCESS, ROLES, SCOPES, SCOPE_VERBS } from '@/lib/access';
import type { Role, Verb } from '@/lib/access';
import type { Headers } from '@/lib/assertion/assertion';
import { encodeAssertion } from '@/lib/assertion/encode';
import { fromUtf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import { testKey } from '@/lib/keys/testing';
import { listAudit } from './audit';
import { readStoreCredentials } from './brands';
import { getBuildKey, listBuildKeys, replaceBuildKey } from './build-keys';
import { cancelBuild, deleteArtifacts, findArtifact, getBuild, listBuilds, readLog, requestBuild, watchBuild } from './builds';
import type { Ctx } from './context';
import { signDigest } from './digests';
import { backupKey, drillKey } from './key-backup';
import { enrolExternalKey, enrolOfflineKey, listSigners } from './key-enrolment';
import { importKey } from './key-import';
import { getKeyRequest, recordAccountKey, recordRegistrationProblem, recordRegistrationWait, requestForKey } from './key-registration';
import { getRotation, planRotation } from './key-rotation';
import { listKeySignatures } from './key-signatures';
import { listKeyUses } from './key-uses';
import { createKey, getKey, keepKey, listKeys, retireKey } from './keys';
import { createModel, getModel, getVersion, listModels, listVersions, saveVersion } from './models';
import { getOverview } from './overview';
import { getTeam } from './people';
import { getRetention, keepImages, setRetention } from './retention';
import { audit } from './schema/audit';
import { signingKey } from './schema/keys';
import { createShare, listShares, revokeShare } from './shares';
import { getSignedModel, signModel } from './signatures';
import { answerSigningRequest, cancelSigningRequest, getSigningRequest, listSigningRequests, requestSignature } from './signing-requests';
import { withSigner } from './signer';
import { createToken, listTokens, revokeToken } from './tokens';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { finishedBuild, queueBuild } from './testing/builds';
import { chainFor, HEADERS, registerKey, sharedKey, signedModel, testAnchors } from './testing/models';

/** Acme's things, each of which Globex has none of. */
const MODEL = 'acme-kiosk';
const KEY = 'acme-key';
const VAULT = 'acme-vault';
const PAGE = { limit: 10 };
let asked: { id: string; answer: string };
let unanswered: string;
let open: string;
let waiting: number;
let built: number;
let backup: string;
let shareId: string;
let tokenId: string;
let buildKeyId: string;
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
  { name: 'withSigner', verb: 'model.sign', ofAcme: true, run: (ctx) => withSigner(ctx, KEY, { purpose: 'model', subject: 'nothing', headers: { type: 'model' } }, async (key) => key.keyId) },
  { name: 'requestForKey', verb: 'key.register', ofAcme: true, run: (ctx) => requestForKey(ctx, KEY) },
  { name: 'recordAccountKey', verb: 'key.register', ofAcme: true, action: 'key.register', run: async (ctx) => recordAccountKey(ctx, KEY, await chainFor(ctx, sharedKey()), await testAnchors()) },
  { name: 'getKeyRequest', verb: 'brand.read', ofAcme: true, run: (ctx) => getKeyRequest(ctx, KEY) },
  { name: 'importKey', verb: 'key.create', ofAcme: false, run: (ctx) => importKey(ctx, { name: 'from-a-file', file: '' }) },
  { name: 'enrolOfflineKey', verb: 'key.create', ofAcme: false, run: (ctx) => enrolOfflineKey(ctx, '') },
  { name: 'enrolExternalKey', verb: 'key.create', ofAcme: false, run: (ctx) => enrolExternalKey(ctx, { name: 'in-a-token', signer: 'hsm', label: 'x' }) },
  { name: 'listSigners', verb: 'brand.read', ofAcme: false, run: listSigners },
  { name: 'listKeyUses', verb: 'brand.read', ofAcme: true, run: (ctx) => listKeyUses(ctx, KEY, PAGE) },
  { name: 'listKeySignatures', verb: 'brand.read', ofAcme: true, run: (ctx) => listKeySignatures(ctx, KEY, PAGE) },
  { name: 'getRotation', verb: 'brand.read', ofAcme: true, run: (ctx) => getRotation(ctx, KEY) },
  { name: 'planRotation', verb: 'key.retire', ofAcme: true, action: 'key.rotate', run: (ctx) => planRotation(ctx, KEY, null) },
  { name: 'backupKey', verb: 'key.backup', ofAcme: true, action: 'key.backup', run: (ctx) => backupKey(ctx, KEY, { passphrase: 'correct horse battery' }) },
  { name: 'drillKey', verb: 'key.backup', ofAcme: true, action: 'key.drill', run: (ctx) => drillKey(ctx, KEY, { backup, passphrase: 'correct horse battery' }) },
  { name: 'recordRegistrationWait', verb: 'key.register', ofAcme: true, action: 'key.wait', run: (ctx) => recordRegistrationWait(ctx, KEY, 'Later.') },
  { name: 'recordRegistrationProblem', verb: 'key.register', ofAcme: true, action: 'key.refuse', run: (ctx) => recordRegistrationProblem(ctx, KEY, 'No.') },
  { name: 'listBuildKeys', verb: 'brand.read', ofAcme: false, run: listBuildKeys },
  { name: 'getBuildKey', verb: 'brand.read', ofAcme: true, run: (ctx) => getBuildKey(ctx, buildKeyId) },
  { name: 'replaceBuildKey', verb: 'key.create', ofAcme: false, action: 'build-key.replace', run: replaceBuildKey },
  { name: 'listModels', verb: 'brand.read', ofAcme: false, run: (ctx) => listModels(ctx, PAGE) },
  { name: 'getModel', verb: 'brand.read', ofAcme: true, run: (ctx) => getModel(ctx, MODEL) },
  { name: 'listVersions', verb: 'brand.read', ofAcme: true, run: (ctx) => listVersions(ctx, MODEL) },
  { name: 'getVersion', verb: 'brand.read', ofAcme: true, run: (ctx) => getVersion(ctx, MODEL, 1) },
  { name: 'createModel', verb: 'model.edit', ofAcme: false, action: 'model.create', run: (ctx) => createModel(ctx, { name: draftName(), headers: HEADERS, note: '' }) },
  { name: 'saveVersion', verb: 'model.edit', ofAcme: true, action: 'model.save', run: async (ctx) => saveVersion(ctx, MODEL, { baseVersion: (await getModel(ctx, MODEL)).latestVersion, headers: HEADERS, note: '' }) },
  { name: 'signModel', verb: 'model.sign', ofAcme: true, action: 'model.sign', run: (ctx) => signModel(ctx, MODEL, { version: 1 }) },
  { name: 'getSignedModel', verb: 'brand.read', ofAcme: true, run: (ctx) => getSignedModel(ctx, MODEL, 1) },
  { name: 'requestSignature', verb: 'model.sign', ofAcme: true, action: 'model.ask-signature', run: (ctx) => requestSignature(ctx, MODEL, { version: 1, key: VAULT }) },
  { name: 'listSigningRequests', verb: 'brand.read', ofAcme: true, run: (ctx) => listSigningRequests(ctx, MODEL) },
  { name: 'getSigningRequest', verb: 'brand.read', ofAcme: true, run: (ctx) => getSigningRequest(ctx, MODEL, open) },
  { name: 'answerSigningRequest', verb: 'model.sign', ofAcme: true, action: 'model.sign', run: (ctx) => answerSigningRequest(ctx, MODEL, asked.id, asked.answer) },
  { name: 'cancelSigningRequest', verb: 'model.sign', ofAcme: true, action: 'model.cancel-signature', run: (ctx) => cancelSigningRequest(ctx, MODEL, unanswered) },
  { name: 'requestBuild', verb: 'build.request', ofAcme: true, action: 'build.request', run: (ctx) => requestBuild(ctx, { model: MODEL }) },
  { name: 'listBuilds', verb: 'brand.read', ofAcme: false, run: (ctx) => listBuilds(ctx, PAGE) },
  { name: 'getBuild', verb: 'brand.read', ofAcme: true, run: (ctx) => getBuild(ctx, built) },
  { name: 'readLog', verb: 'brand.read', ofAcme: true, run: (ctx) => readLog(ctx, built, 0) },
  { name: 'cancelBuild', verb: 'build.cancel', ofAcme: true, action: 'build.cancel', run: (ctx) => cancelBuild(ctx, waiting) },
  { name: 'findArtifact', verb: 'artifact.download', ofAcme: true, run: (ctx) => findArtifact(ctx, built, 'kiosk.img') },
  { name: 'listShares', verb: 'brand.read', ofAcme: true, run: (ctx) => listShares(ctx, built) },
  { name: 'createShare', verb: 'share.create', ofAcme: true, action: 'share.create', run: (ctx) => createShare(ctx, built, { expiresInDays: 1, note: '' }) },
  { name: 'revokeShare', verb: 'share.revoke', ofAcme: true, action: 'share.revoke', run: (ctx) => revokeShare(ctx, shareId) },
  { name: 'getRetention', verb: 'brand.read', ofAcme: false, run: getRetention },
  { name: 'setRetention', verb: 'retention.set', ofAcme: false, action: 'retention.set', run: (ctx) => setRetention(ctx, 30) },
  { name: 'keepImages', verb: 'artifact.keep', ofAcme: true, action: 'artifact.keep', run: (ctx) => keepImages(ctx, built, { keep: 30 }) },
  { name: 'deleteArtifacts', verb: 'artifact.delete', ofAcme: true, action: 'artifact.delete', run: (ctx) => deleteArtifacts(ctx, built) },
  { name: 'signDigest', verb: 'model.sign', ofAcme: true, action: 'key.sign', run: (ctx) => signDigest(ctx, KEY, `${'A'.repeat(86)}==`) },
  { name: 'listTokens', verb: 'token.create', ofAcme: false, run: listTokens },
  { name: 'createToken', verb: 'token.create', ofAcme: false, action: 'token.create', run: (ctx) => createToken(ctx, { name: 'ci', scopes: ['read'], expiresInDays: 1 }) },
  { name: 'revokeToken', verb: 'token.revoke', ofAcme: true, action: 'token.revoke', run: (ctx) => revokeToken(ctx, tokenId) },
  { name: 'retireKey', verb: 'key.retire', ofAcme: true, action: 'key.retire', run: (ctx) => retireKey(ctx, KEY) },
];

let brands: Brands;
beforeAll(async () => {
  brands = await twoBrands();
  const owner = await brands.as('acme', 'owner');
  await registerKey(owner, KEY);
  await brands.db.update(signingKey).set({ request: 'type: account-key-request' });
  await signedModel(owner, MODEL);
  asked = await askedOffline(owner);
  backup = (await backupKey(owner, KEY, { passphrase: 'correct horse battery' })).text;
  unanswered = (await requestSignature(owner, MODEL, { version: 1, key: VAULT })).id;
  open = (await requestSignature(owner, MODEL, { version: 1, key: VAULT })).id;
  built = (await finishedBuild(owner, MODEL)).number;
  waiting = (await queueBuild(owner, MODEL)).number;
  buildKeyId = (await replaceBuildKey(owner)).keyId;
  tokenId = (await createToken(owner, { name: 'old', scopes: ['read'], expiresInDays: 1 })).token.id;
  shareId = (await createShare(owner, built, { expiresInDays: 1, note: '' })).share.id;
});
afterAll(() => brands.close());

/** Asks a key that is kept offline, and signs as snap sign does there. */
async function askedOffline(ctx: Ctx): Promise<{ id: string; answer: string }> {
  const key = testKey();
  const dates = { since: new Date('2024-01-01T00:00:00Z'), registeredAt: new Date('2024-01-01T00:00:00Z') };
  await brands.db.insert(signingKey).values({ brandId: ctx.brand.id, name: VAULT, keyId: key.keyId, bits: key.bits, publicKey: key.encodedPublicKey, custody: 'offline', state: 'registered', chain: '-', ...dates, createdBy: ctx.actor.userId });
  const { id, json } = await requestSignature(ctx, MODEL, { version: 1, key: VAULT });
  const signed = await signAssertion({ headers: JSON.parse(json) as Headers, key, time: new Date(), minimumBits: 1024 });
  return { id, answer: fromUtf8(encodeAssertion(signed))! };
}

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

test.each(LAWS)('$name is forbidden to an API token of its person without a scope for it, and changes nothing', async ({ run, verb }) => {
  const scopes = SCOPES.filter((scope) => !SCOPE_VERBS[scope].includes(verb));
  if (scopes.length === 0) return expect(verb).toBe('brand.read');
  const ctx = await brands.as('acme', strongest(verb));
  const before = await brands.db.$count(audit);
  await expect(run({ ...ctx, actor: { ...ctx.actor, token: { id: tokenId, name: 'ci', scopes } } })).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('API token') });
  expect(await brands.db.$count(audit)).toBe(before);
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
