import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { STUB_SETS } from '../../../lib/prepare/testing/stub-sets';
import { inProject } from '../testing';
import { CASES, ODD } from './cases.testing';
import { ROWS } from './rows.testing';
import * as workbench from './workbench.testing';
import { openWorkbench, type Hostile, type Outcome, type Workbench } from './workbench.testing';

// Each builds an image; they share the machine with others.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

vi.mock('../../../lib/snapstore/hash-file', async (load) => {
  const { hashFile } = await load<typeof import('../../../lib/snapstore/hash-file')>();
  return {
    async hashFile(file: string, signal?: AbortSignal) {
      const digest = await hashFile(file, signal);
      await workbench.afterHash(file);
      return digest;
    },
  };
});

let bench: Workbench;
beforeAll(async () => {
  const plain = STUB_SETS['uc22-signed'];
  // Its account is known, and it publishes nothing that the model wants.
  bench = await openWorkbench({ ...plain, snaps: [...plain.snaps, { name: 'other-app', publisher: 'maker', base: 'core22' }] });
});
afterAll(() => bench.close());

async function build(hostile: Hostile): Promise<Outcome> {
  const outcome = await bench.build(hostile);
  expect(outcome.strayed).toEqual([]);
  expect(outcome.processes).toEqual([]);
  return outcome;
}

describe.each(ROWS)('row $row: $hazard', ({ row, codes, elsewhere }) => {
  const cases = CASES.filter((each) => each.row === row);

  it.each(cases)('$what: $code', async (hostile) => {
    const { code, message, out } = await build(hostile);
    expect([code, message]).toEqual([hostile.code, expect.stringContaining(hostile.says)]);
    // A sentence for people, with no place of ours in it but the files that they gave.
    expect(message).toMatch(/^[^\n]{20,600}\.$/);
    expect(existsSync(out)).toBe(false);
  });

  it.each(ODD.filter((each) => each.row === row))('$what', async (odd) => {
    const { code, message, out } = await build(odd);
    expect([code, message]).toEqual(['built', '']);
    const image = await readFile(path.join(out, 'pc.qcow2'));
    for (const text of odd.holds) expect(image.includes(Buffer.from(text)) || image.includes(Buffer.from(text, 'utf16le')), text).toBe(true);
  });

  it('has its own code, met here or by a test that there is', async () => {
    for (const code of codes) expect(cases.some((each) => each.code === code) || elsewhere.length > 0, code).toBe(true);
    for (const { file, name } of elsewhere) expect(await readFile(inProject(file), 'utf8'), `${file}: ${name}`).toContain(name);
    expect(cases.length + ODD.filter((each) => each.row === row).length + elsewhere.length + (row === 19 ? 1 : 0)).toBeGreaterThan(0);
  });
});

it('has all rows, and no code for two of them but where a hazard has more than one place', () => {
  expect(ROWS.map(({ row }) => row)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
  const first = ROWS.filter(({ row }) => row > 2).flatMap(({ codes }) => codes.slice(0, 1));
  expect(new Set(first).size).toBe(first.length);
});

it('row 19: an image tells nothing of the machine that made it', async () => {
  const { code, out } = await build({ gadget: () => undefined });
  expect(code).toBe('built');
  const image = await readFile(path.join(out, 'pc.qcow2'));
  const own = [bench.folder, os.hostname(), os.homedir(), os.userInfo().username, 'SENTINEL'].filter((text) => text.length > 3 && text !== 'root');
  for (const text of own) expect([text, image.includes(Buffer.from(text))]).toEqual([text, false]);
});
