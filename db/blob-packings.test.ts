import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FRAMING } from '@/lib/image/plan';
import type { Packing } from '@/lib/image/packing';
import { notePacking, readPackings } from './blob-packings';
import type { Database } from './context';
import { blobPacking } from './schema/builds';
import { freshDatabase } from './testing/database';

let db: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await freshDatabase());
});
afterAll(() => close());

const [one, other, packed] = ['1', '2', '3'].map((digit) => digit.repeat(96)) as [string, string, string];
const range = { offset: 0, length: 5000 };
const data = { sha3_384: packed, offset: 7, length: 900 };

test('where ranges lie compressed is read as it was noted last', async () => {
  const noted: Packing = [{ ...range, packed: { gz: data }, framing: FRAMING }];
  await notePacking(db, one, []);
  await notePacking(db, one, noted);
  await notePacking(db, other, [{ ...range, packed: {}, framing: FRAMING }]);
  expect(await readPackings(db, [one, other])).toEqual(
    new Map([
      [one, noted],
      [other, [{ ...range, packed: {}, framing: FRAMING }]],
    ]),
  );
  expect(await readPackings(db, [])).toEqual(new Map());
});

test('what was compressed for forms as they were before counts as not noted, and is noted anew', async () => {
  await db
    .update(blobPacking)
    .set({ ranges: [{ ...range, packed: { gz: data } }] as unknown as Packing })
    .where(eq(blobPacking.sha3384, one));
  expect([...(await readPackings(db, [one, other])).keys()]).toEqual([other]);
  const noted: Packing = [{ ...range, packed: { gz: data }, framing: FRAMING }];
  await notePacking(db, one, noted);
  expect((await readPackings(db, [one])).get(one)).toEqual(noted);
});
