import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CHUNK_BYTES, createHasher } from './hasher';

const ALGORITHMS = ['sha3-384', 'sha256'] as const;
const hashers = new Map(ALGORITHMS.map((algorithm) => [algorithm, createHasher(algorithm)]));
afterAll(() => Promise.all([...hashers.values()].map((hasher) => hasher.close())));

describe.each(ALGORITHMS)('%s in a thread', (algorithm) => {
  const hasher = hashers.get(algorithm)!;

  it('is that of all that was handed in, zeros included, and starts anew', async () => {
    const piece = fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 0, max: 3 * CHUNK_BYTES }));
    const check = async (pieces: (Uint8Array | number)[]) => {
      const expected = createHash(algorithm);
      for (const each of pieces) {
        if (typeof each === 'number') {
          hasher.zeros(each);
          expected.update(new Uint8Array(each));
        } else {
          const buffer = await hasher.lend();
          buffer.set(each);
          hasher.update(buffer, each.length);
          expected.update(each);
        }
      }
      expect(await hasher.digest()).toBe(expected.digest('hex'));
    };
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 12 }), check), { numRuns: 30 });
  });

  it('forgets what was handed in before a reset', async () => {
    hasher.zeros(1000);
    hasher.reset();
    expect(await hasher.digest()).toBe(createHash(algorithm).digest('hex'));
  });
});
