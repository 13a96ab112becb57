import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Assertion } from '../assertion/assertion';
import type { FoundSnap } from '../seed/seed-snap';
import type { SnapType } from '../snap/names';
import { readFormatLimits, whyNotReadable, type FormatLimits } from './assertion-formats';
import { makeSet, type StubSnap } from './testing/make-set';
import { STUB_SETS } from './testing/stub-sets';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const signal = new AbortController().signal;

/** Of a seed with a snapd and a kernel that say this of themselves. */
async function limitsOf(snapd: string, kernel: string | undefined, hasGrade = true): Promise<FormatLimits> {
  const folder = await mkdtemp(path.join(tmpdir(), 'imprint-formats-'));
  folders.push(folder);
  const snaps: StubSnap[] = [{ name: 'snapd', type: 'snapd', files: { 'usr/lib/snapd/info': snapd } }, { name: 'pc-kernel', type: 'kernel', files: kernel === undefined ? {} : { 'snapd-info': kernel } }];
  const set = await makeSet(folder, { model: STUB_SETS['uc22-signed'].model, snaps });
  const found = snaps.map(({ name, type }): FoundSnap => ({ name, snapId: undefined, revision: 1, sha3_384: `${folder} ${name}`, sizeBytes: 1, components: [], facts: { type: type as SnapType, base: undefined, architectures: ['all'], confinement: 'strict' } }));
  return readFormatLimits(found, hasGrade, new Map(found.map(({ name, sha3_384 }) => [sha3_384, path.join(set.snaps, `${name}_1.snap`)])), signal);
}
const FORMATS = (declaration: number) => `VERSION=2.70\nSNAPD_ASSERTS_FORMATS='{"account-key":1,"snap-declaration":${declaration}}'\n`;

describe('the formats that a device reads', () => {
  it('are those of snapd and of the kernel’s part of it, the lower of them', async () => {
    const limits = await limitsOf(FORMATS(7), FORMATS(5));
    expect(['snap-declaration', 'account-key', 'system-user'].map(limits)).toEqual([5, 1, 0]);
  });
  it('are snapd’s alone before UC20, and where the kernel does not say', async () => {
    expect((await limitsOf(FORMATS(7), FORMATS(5), false))('snap-declaration')).toBe(7);
    expect((await limitsOf(FORMATS(7), undefined))('snap-declaration')).toBe(7);
  });
  it('are not known where snapd does not say its version', async () => expect((await limitsOf('x=y\n', FORMATS(5)))('snap-declaration')).toBeUndefined());
  it('are refused where they are no JSON', () => expect(limitsOf("VERSION=2.70\nSNAPD_ASSERTS_FORMATS='{'\n", undefined)).rejects.toMatchObject({ code: 'snapd-info-invalid' }));
});

it('an assertion of a newer format is told', () => {
  const declaration = { type: 'snap-declaration', format: 6, primaryKey: ['16', 'x'] } as unknown as Assertion;
  expect(whyNotReadable([declaration], () => 5)).toContain('snap-declaration/16/x has the format 6, and the snapd in this image reads 5 at most');
  expect(whyNotReadable([declaration], () => 6)).toBeUndefined();
  expect(whyNotReadable([declaration], () => undefined)).toBeUndefined();
});
