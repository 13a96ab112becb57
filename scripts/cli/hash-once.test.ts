import { createHash } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hashOnce } from './hash-once';
import { inProject, makeFolder } from './testing';

const { folder, remove } = makeFolder();
afterAll(remove);

const digestOf = (text: string): string => createHash('sha3-384').update(text).digest('hex');
const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
let caches = 0;
const newCache = (): string => path.join(folder, `cache-${(caches += 1)}`);
const claims = new Map<number, string | undefined>([[5, digestOf('right')], [7, undefined]]);

describe('a file', () => {
  it('is taken for what is claimed of its size, and that is found to hold', async () => {
    const hash = hashOnce(newCache(), claims);
    expect(await hash(write('a', 'right'))).toBe(digestOf('right'));
    expect(await hash.holds()).toBe(true);
    await hash.assertUnchanged();
  });

  it('is found to be another, and then hashed before anything is said of it', async () => {
    const hash = hashOnce(newCache(), claims);
    const file = write('a', 'wrong');
    expect(await hash(file)).toBe(digestOf('right'));
    expect(await hash.holds()).toBe(false);
    await expect(hash.assertUnchanged()).rejects.toThrow('taken for');
    hash.doubt();
    expect(await hash(file)).toBe(digestOf('wrong'));
    expect(await hash.holds()).toBe(true);
    await hash.assertUnchanged();
  });

  it('that is gone by then is not the one that was hashed', async () => {
    const hash = hashOnce(newCache(), claims);
    const file = write('a', 'right');
    await hash(file);
    rmSync(file);
    await expect(hash.assertUnchanged()).rejects.toThrow();
  });

  it.each(['longer', 'unclear'])('is hashed where no one thing is claimed of its size: %s', async (text) => {
    const hash = hashOnce(newCache(), claims);
    expect(await hash(write('a', text))).toBe(digestOf(text));
  });

  it('that an earlier start has hashed is taken for nothing else', async () => {
    const cache = newCache();
    const file = inProject('package.json');
    const digest = await hashOnce(cache)(file);
    const hash = hashOnce(cache, new Map([[statSync(file).size, digestOf('other')]]));
    expect(await hash(file)).toBe(digest);
    expect(await hash.holds()).toBe(true);
  });
});
