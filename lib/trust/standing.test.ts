import { expect, it, vi } from 'vitest';
import { generateSigningKey } from '../keys/generate';
import { whySignatureFails } from '../keys/verify';
import { account, accountKey, model } from './testing';
import { verifyAll } from './verify-all';

vi.mock('../keys/verify', async (original) => {
  const real = await original<typeof import('../keys/verify')>();
  return { ...real, whySignatureFails: vi.fn(real.whySignatureFails) };
});

it('checks each signature once, whatever the order and however often a link changes', async () => {
  const [root, store, brand] = await Promise.all([1, 2, 3].map(() => generateSigningKey(1024)));
  const trusted = [await account(root!, 'root', 'root'), await accountKey(root!, 'root', 'root', root!)];
  const revisions = [0, 1, 2, 3].map((n) => ({ revision: String(n) }));
  const inputs = [
    ...(await Promise.all(Array.from({ length: 40 }, (_, i) => model(brand!, 'acme', { model: `box-${i}` })))),
    ...(await Promise.all(revisions.map((more) => accountKey(store!, 'root', 'acme', brand!, more)))),
    ...(await Promise.all(revisions.map((more) => account(store!, 'root', 'acme', more)))),
    ...(await Promise.all(revisions.map((more) => accountKey(root!, 'root', 'root', store!, more)))),
  ];
  vi.mocked(whySignatureFails).mockClear();
  const outcomes = verifyAll([...inputs, ...inputs], { trusted, now: new Date('2026-07-01T00:00:00Z') });
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(2 * (40 + 3));
  expect(vi.mocked(whySignatureFails).mock.calls).toHaveLength(inputs.length);
});
