import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Assertion } from '../assertion/assertion';
import { decodeAssertion } from '../assertion/decode';
import { utf8 } from '../bytes';
import { folderSource } from './folder-source';

const KEY = 'A'.repeat(64);
const ID = 'x'.repeat(32);
const write = (head: string): Assertion =>
  decodeAssertion(
    utf8(`${head}timestamp: 2026-01-01T00:00:00Z\nsign-key-sha3-384: ${KEY}\n\nAcLBUgQAAQoABgUC\n`),
  );
const validationSet = (sequence: number, { format = 0, revision = 0 } = {}): Assertion => {
  const type = `type: validation-set\n${format ? `format: ${format}\n` : ''}authority-id: acme\n`;
  const meta = `${type}${revision ? `revision: ${revision}\n` : ''}`;
  const snaps = `snaps:\n  -\n    id: ${ID}\n    name: pc\n`;
  return write(`${meta}series: 16\naccount-id: acme\nname: base-set\nsequence: ${sequence}\n${snaps}`);
};
const declaration = (format: number, revision: number): Assertion =>
  write(
    `type: snap-declaration\nformat: ${format}\nauthority-id: canonical\nrevision: ${revision}\n` +
      `series: 16\nsnap-id: ${ID}\npublisher-id: acme\nsnap-name: pc\n`,
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'imprint-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const sourceOf = (...assertions: Assertion[]) =>
  folderSource(folder, assertions, async () => '', new AbortController().signal);

it.each<[what: string, all: Assertion[], found: [sequence: string, revision: number] | undefined]>([
  [
    'the highest number, not the last text',
    [validationSet(9), validationSet(10), validationSet(2)],
    ['10', 0],
  ],
  ['not the highest revision', [validationSet(2, { revision: 9 }), validationSet(3)], ['3', 0]],
  [
    'its highest revision',
    [validationSet(3), validationSet(3, { revision: 2 }), validationSet(3, { revision: 1 })],
    ['3', 2],
  ],
  ['one that can be read', [validationSet(3), validationSet(4, { format: 1 })], ['3', 0]],
  ['one that says that it is too new, where there is no other', [validationSet(4, { format: 1 })], ['4', 0]],
  ['none', [], undefined],
])('the latest of a sequence in a folder is %s', async (_, all, found) => {
  const latest = await (await sourceOf(...all)).latest('validation-set', ['16', 'acme', 'base-set']);
  expect(latest && [latest.primaryKey.at(-1), latest.revision]).toEqual(found);
});

it.each([
  [undefined, 4],
  [7, 4],
  [5, 3],
  [3, 4],
])(
  'of several formats of an assertion the newest within format %s is revision %i',
  async (maxFormat, revision) => {
    const source = await sourceOf(declaration(5, 3), declaration(6, 4), declaration(4, 2));
    expect(await source.assertion('snap-declaration', ['16', ID], undefined, maxFormat)).toMatchObject({
      revision,
    });
  },
);
