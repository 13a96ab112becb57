import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BOARD_SETS } from '../../lib/prepare/testing/board-sets';
import { makeSet, type MadeSet } from '../../lib/prepare/testing/make-set';
import { imprint, makeFolder } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { folder, remove } = makeFolder();
afterAll(remove);
const image = path.join(folder, 'out/emmc.img');
/** Of the first partition, in bytes. */
const SEED_START = 8 * 2 ** 20;
const LABEL_AT = SEED_START + 1024 + 120;

let set: MadeSet;
beforeAll(async () => {
  set = await makeSet(path.join(folder, 'set'), BOARD_SETS['UC24 on an i.MX board with its seed on ext4']!.set);
  const args = ['--model', set.model, '--snaps', set.snaps, '--assertions', set.assertions, '--trusted', set.roots];
  expect(await imprint(['image', 'build', ...args, '--out', path.join(folder, 'out')])).toMatchObject({ code: 0 });
});

const verify = () => imprint(['image', 'verify', '--trusted', set.roots, image]);

/** What is said while these bytes lie there. */
async function saidWith(at: number, bytes: Uint8Array): Promise<string> {
  const before = readFileSync(image).subarray(at, at + bytes.length);
  const write = (what: Uint8Array) => {
    const handle = openSync(image, 'r+');
    writeSync(handle, what, 0, what.length, at);
    closeSync(handle);
  };
  write(bytes);
  const { code, stderr } = await verify();
  write(before);
  expect(code).toBe(1);
  return stderr;
}

describe('a seed on ext4', () => {
  it('holds', async () => expect(await verify()).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('ubuntu-seed\tpartition 1, ext4') }));

  it('does not with a byte of a snap changed', async () => {
    const kernel = readFileSync(path.join(set.snaps, 'pc-kernel_11.snap'));
    const at = readFileSync(image).indexOf(kernel);
    expect(at).toBeGreaterThan(SEED_START);
    expect(await saidWith(at + 100, Buffer.from([kernel[100]! ^ 1]))).toMatch(/^snap-digest: snaps\/pc-kernel_11\.snap/);
  });

  it.each([['UBUNTU-SEED', 'seed-label'], ['writable\0\0\0', 'seed-label']])('is not found by the label %j', async (label, code) =>
    expect(await saidWith(LABEL_AT, Buffer.from(label))).toMatch(new RegExp(`^${code}: The file system of the partition ubuntu-seed`)));
});
