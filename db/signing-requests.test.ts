import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SigningRequestView } from '@/lib/api/models';
import type { Headers } from '@/lib/assertion/assertion';
import { encodeAssertion, encodeStream } from '@/lib/assertion/encode';
import { formatTime } from '@/lib/assertion/scalars';
import { fromUtf8, utf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import type { SigningKey } from '@/lib/keys/signing-key';
import { readModelInput } from '@/lib/model/import';
import { AssertionDatabase } from '@/lib/trust/database';
import { listAudit } from './audit';
import type { Ctx } from './context';
import { listKeyUses } from './key-uses';
import { keepKey, retireKey } from './keys';
import { createModel, getModel, saveVersion } from './models';
import { signingKey } from './schema/keys';
import { getSignedModel, signModel } from './signatures';
import { answerSigningRequest, cancelSigningRequest, getSigningRequest, listSigningRequests, requestSignature } from './signing-requests';
import { parseStream } from './testing/assertions';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { chainFor, HEADERS, registerKey, sharedKey, testAnchors } from './testing/models';

let brands: Brands;
let ctx: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'signer');
  await registerKey(ctx, 'vault');
  // Its private half is on the other machine: here, in this test.
  await brands.db.update(signingKey).set({ custody: 'offline', sealed: null }).where(eq(signingKey.name, 'vault'));
});
afterAll(() => brands.close());

const create = (name: string, more = {}) => createModel(ctx, { name, headers: { ...HEADERS, ...more }, note: '' });
const ask = async (name: string): Promise<SigningRequestView> => {
  await create(name);
  return requestSignature(ctx, name, { version: 1, key: 'vault' });
};

/** What snap sign prints for the JSON on the machine that has the key. */
async function snapSign({ json }: Pick<SigningRequestView, 'json'>, { change = {}, key = sharedKey(), body }: { change?: Headers; key?: SigningKey; body?: string } = {}): Promise<string> {
  const input = readModelInput(utf8(json));
  const headers = { ...(input as { headers: Headers }).headers, ...change };
  return fromUtf8(encodeAssertion(await signAssertion({ headers, key, time: new Date(), ...(body ? { body: utf8(body) } : {}) })))!;
}

/** With the offline key changed, put back afterwards. */
async function withKey(set: Partial<typeof signingKey.$inferInsert>, attempt: () => Promise<unknown>): Promise<void> {
  const [before] = await brands.db.select().from(signingKey).where(eq(signingKey.name, 'vault'));
  await brands.db.update(signingKey).set(set).where(eq(signingKey.name, 'vault'));
  try {
    await attempt();
  } finally {
    await brands.db.update(signingKey).set(before!).where(eq(signingKey.name, 'vault'));
  }
}

test('what is asked for is fixed: revision, time and every header, as snap sign takes it', async () => {
  const asked = await ask('kiosk');
  expect(asked).toMatchObject({ model: 'kiosk', version: 1, revision: 1, keyName: 'vault', keyId: sharedKey().keyId, createdBy: { name: 'acme signer' } });
  expect(JSON.parse(asked.json)).toEqual({ ...HEADERS, type: 'model', 'authority-id': 'acme-account', series: '16', 'brand-id': 'acme-account', model: 'kiosk', revision: '1', timestamp: formatTime(new Date(asked.timestamp)) });
  expect(asked.json.startsWith('{\n  "type": "model",\n')).toBe(true);
  expect(await getSigningRequest(ctx, 'kiosk', asked.id)).toEqual(asked);
  expect(await listSigningRequests(ctx, 'kiosk')).toEqual([asked]);
});

test('an answer is kept byte for byte once it is verified, and the request is done', async () => {
  const asked = await ask('answered');
  const text = await snapSign(asked);
  const signed = await answerSigningRequest(ctx, 'answered', asked.id, text);
  expect(signed).toMatchObject({ revision: 1, version: 1, keyName: 'vault', timestamp: asked.timestamp, signedBy: { name: 'acme signer' } });
  const kept = await getSignedModel(ctx, 'answered', 1);
  expect(kept.text).toBe(text);
  const known = new AssertionDatabase({ anchors: await testAnchors(), now: new Date() }).add(parseStream(kept.chain));
  expect(known.check(parseStream(kept.text)[0]!)).toEqual({ ok: true });
  expect(await listSigningRequests(ctx, 'answered')).toEqual([]);
  await expect(answerSigningRequest(ctx, 'answered', asked.id, text)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('signed already') });
  await expect(getSigningRequest(ctx, 'answered', asked.id)).rejects.toMatchObject({ code: 'not-found' });
  const [use] = (await listKeyUses(ctx, 'vault', { limit: 1 })).items;
  expect(use).toMatchObject({ purpose: 'model', subject: 'model answered revision 1', digest: expect.stringMatching(/^[0-9a-f]{128}$/) });
});

test('an answer may come with its chain, and without the line feed at its end', async () => {
  const asked = await ask('chained');
  const text = await snapSign(asked);
  const chain = fromUtf8(encodeStream(await chainFor(ctx, sharedKey(), { name: 'vault' })))!;
  await answerSigningRequest(ctx, 'chained', asked.id, `${text}\n${chain}`);
  expect((await getSignedModel(ctx, 'chained', 1)).text).toBe(text);
  const trimmed = await requestSignature(ctx, 'chained', { version: 1, key: 'vault' });
  const second = await snapSign(trimmed);
  await answerSigningRequest(ctx, 'chained', trimmed.id, second.trimEnd());
  expect((await getSignedModel(ctx, 'chained', 2)).text).toBe(second);
});

test('a revision that was asked for is nobody else’s, answered late or given up', async () => {
  const first = await ask('reserved');
  const second = await requestSignature(ctx, 'reserved', { version: 1, key: 'vault' });
  expect([first.revision, second.revision]).toEqual([1, 2]);
  expect((await getModel(ctx, 'reserved')).nextRevision).toBe(3);
  await answerSigningRequest(ctx, 'reserved', second.id, await snapSign(second));
  await answerSigningRequest(ctx, 'reserved', first.id, await snapSign(first));
  expect((await getModel(ctx, 'reserved')).signed).toEqual({ revision: 2, version: 1 });
  const third = await requestSignature(ctx, 'reserved', { version: 1, key: 'vault' });
  expect(await cancelSigningRequest(ctx, 'reserved', third.id)).toEqual(third);
  expect((await requestSignature(ctx, 'reserved', { version: 1, key: 'vault' })).revision).toBe(4);
});

test('two who ask at once never get the same revision, and of two answers at once one counts', async () => {
  await create('contested');
  const asked = await Promise.all(Array.from({ length: 5 }, () => requestSignature(ctx, 'contested', { version: 1, key: 'vault' })));
  expect(asked.map(({ revision }) => revision).sort()).toEqual([1, 2, 3, 4, 5]);
  const text = await snapSign(asked[0]!);
  const answers = await Promise.allSettled([1, 2, 3].map(() => answerSigningRequest(ctx, 'contested', asked[0]!.id, text)));
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'conflict' });
});

test('an answer that says something else is refused, header by header', async () => {
  const asked = await ask('altered');
  const text = await snapSign(asked, { change: { grade: 'signed', 'x-extra': 'y', revision: '7', snaps: (HEADERS.snaps as Headers[]).map((snap) => (snap.name === 'pc-kernel' ? { ...snap, 'default-channel': '24/edge' } : snap)) } });
  await expect(answerSigningRequest(ctx, 'altered', asked.id, text)).rejects.toMatchObject({
    code: 'invalid',
    problems: expect.arrayContaining([
      expect.objectContaining({ path: 'grade', message: 'grade dangerous → signed.' }),
      expect.objectContaining({ path: 'revision', message: 'revision 1 → 7.' }),
      expect.objectContaining({ path: 'x-extra', message: 'x-extra y (was not set).' }),
      expect.objectContaining({ path: 'snaps[1].default-channel', message: 'kernel pc-kernel: 24/stable → 24/edge.' }),
    ]),
  });
  await expect(answerSigningRequest(ctx, 'altered', asked.id, await snapSign(asked, { body: 'more' }))).rejects.toMatchObject({ code: 'invalid', problems: [expect.objectContaining({ path: 'body' })] });
  expect(await listSigningRequests(ctx, 'altered')).toHaveLength(1);
  expect((await getModel(ctx, 'altered')).signatures).toEqual([]);
});

test('an answer that was touched after it was signed, or is another key’s, is refused', async () => {
  const asked = await ask('forged');
  const text = await snapSign(asked);
  const touched = text.replace('architecture: amd64', 'architecture: arm64');
  await expect(answerSigningRequest(ctx, 'forged', asked.id, touched)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('signature does not hold') });
  const [headers] = text.split('\n\n');
  await expect(answerSigningRequest(ctx, 'forged', asked.id, `${headers}\n\nAXNpZw==\n`)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('signature does not hold') });
  await expect(answerSigningRequest(ctx, 'forged', asked.id, await snapSign(asked, { key: sharedKey(1) }))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(`not by vault (${sharedKey().keyId})`) });
  const imposter = text.replace(/sign-key-sha3-384: .*/, `sign-key-sha3-384: ${sharedKey(1).keyId}`);
  await expect(answerSigningRequest(ctx, 'forged', asked.id, imposter)).rejects.toMatchObject({ code: 'invalid' });
});

test('what is no signed model is told apart', async () => {
  const asked = await ask('wrong');
  await expect(answerSigningRequest(ctx, 'wrong', asked.id, asked.json)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('goes into snap sign') });
  await expect(answerSigningRequest(ctx, 'wrong', asked.id, 'error: cannot use "vault" key')).rejects.toMatchObject({ message: expect.any(String) });
  await expect(answerSigningRequest(ctx, 'wrong', asked.id, (await snapSign(asked)).replaceAll('\n', '\r\n'))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('CR LF') });
  const other = await ask('other');
  await expect(answerSigningRequest(ctx, 'wrong', asked.id, await snapSign(other))).rejects.toMatchObject({ code: 'invalid', problems: [expect.objectContaining({ path: 'model' })] });
});

test('a later timestamp is taken, an earlier one and one to come are not', async () => {
  const asked = await ask('timed');
  const at = (ms: number) => ({ change: { timestamp: formatTime(new Date(new Date(asked.timestamp).getTime() + ms)) } });
  await expect(answerSigningRequest(ctx, 'timed', asked.id, await snapSign(asked, at(-1000)))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('before') });
  await expect(answerSigningRequest(ctx, 'timed', asked.id, await snapSign(asked, at(3600_000)))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('in the future') });
  const signed = await answerSigningRequest(ctx, 'timed', asked.id, await snapSign(asked, at(2000)));
  expect(new Date(signed.timestamp).getTime()).toBe(new Date(asked.timestamp).getTime() + 2000);
});

test('the key’s own limits are obeyed when it is asked and when it answers', async () => {
  const asked = await ask('limited');
  const text = await snapSign(asked);
  await withKey({ until: new Date(asked.timestamp) }, async () => {
    await expect(answerSigningRequest(ctx, 'limited', asked.id, text)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('expired') });
    await expect(requestSignature(ctx, 'limited', { version: 1, key: 'vault' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('expired') });
  });
  await withKey({ constraints: [{ headers: { type: 'model', model: 'other' } }] }, async () => {
    await expect(answerSigningRequest(ctx, 'limited', asked.id, text)).rejects.toMatchObject({ code: 'conflict' });
    await expect(requestSignature(ctx, 'limited', { version: 1, key: 'vault' })).rejects.toMatchObject({ code: 'conflict' });
  });
  await withKey({ state: 'retired' }, async () => {
    await expect(answerSigningRequest(ctx, 'limited', asked.id, text)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('retired') });
    await expect(requestSignature(ctx, 'limited', { version: 1, key: 'vault' })).rejects.toMatchObject({ code: 'conflict' });
    expect((await cancelSigningRequest(ctx, 'limited', asked.id)).id).toBe(asked.id);
  });
  await expect(answerSigningRequest(ctx, 'limited', asked.id, text)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('given up') });
  await expect(cancelSigningRequest(ctx, 'limited', asked.id)).rejects.toMatchObject({ code: 'conflict' });
});

test('a key that signs here is not asked, and one that is kept offline does not sign here', async () => {
  await create('ways');
  await expect(signModel(ctx, 'ways', { version: 1, key: 'vault' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('kept offline') });
  await keepKey(ctx, 'here', sharedKey(1));
  const registered = { state: 'registered', chain: '-', since: new Date('2024-01-01T00:00:00Z'), registeredAt: new Date() } as const;
  await brands.db.update(signingKey).set(registered).where(eq(signingKey.name, 'here'));
  await expect(requestSignature(ctx, 'ways', { version: 1, key: 'here' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('signs here') });
  expect((await signModel(ctx, 'ways', { version: 1 })).keyName).toBe('here');
  await saveVersion(ctx, 'ways', { baseVersion: 1, headers: { ...HEADERS, 'display-name': 'Two' }, note: '' });
  const asked = await requestSignature(ctx, 'ways', { version: 2, key: 'vault' });
  expect((await signModel(ctx, 'ways', { version: 2 })).revision).toBe(asked.revision + 1);
  await retireKey(ctx, 'here');
});

test('another brand finds nothing of it', async () => {
  const asked = await ask('ours');
  const other = await brands.as('globex', 'owner');
  const text = await snapSign(asked);
  for (const attempt of [() => getSigningRequest(other, 'ours', asked.id), () => listSigningRequests(other, 'ours'), () => answerSigningRequest(other, 'ours', asked.id, text), () => cancelSigningRequest(other, 'ours', asked.id), () => requestSignature(other, 'ours', { version: 1, key: 'vault' })]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'not-found' });
  }
  // Nor does a model of their own by that name lead to it.
  await createModel(other, { name: 'ours', headers: HEADERS, note: '' });
  await expect(answerSigningRequest(other, 'ours', asked.id, text)).rejects.toMatchObject({ code: 'not-found' });
  expect(await listSigningRequests(other, 'ours')).toEqual([]);
  await expect(getSigningRequest(ctx, 'ours', 'not-an-id')).rejects.toMatchObject({ code: 'not-found' });
});

test('the audit log says who asked, who answered and who gave up', async () => {
  const log = await listAudit(await brands.as('acme', 'auditor'), { limit: 200 });
  const sentences = log.items.map(({ sentence }) => sentence);
  expect(sentences).toContain('asked for a signature of model kiosk version 1 as revision 1 with the offline key vault');
  expect(sentences).toContain('signed model answered version 1 as revision 1 with key vault, kept offline');
  expect(sentences).toContain('gave up the signature of model limited as revision 1');
});
