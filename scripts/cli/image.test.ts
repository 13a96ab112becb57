import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSet, type MadeSet } from '../../lib/prepare/testing/make-set';
import { STUB_SETS } from '../../lib/prepare/testing/stub-sets';
import { imprint, makeFolder } from './testing';

// Whole images are made, beside what else the machine does.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const { folder, remove } = makeFolder({ 'broken.json': '{\n"format":' });
let set: MadeSet;
let args: string[];
const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
const run = (command: string, ...more: string[]) => imprint(['image', command, ...args, ...more], { folder, env });
const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

const ALL_FORMS = 'img,img.zst,img.xz,img.gz,qcow2,bmap';

beforeAll(async () => {
  set = await makeSet(path.join(folder, 'set'), STUB_SETS['uc22-signed']);
  args = ['--model', set.model, '--snaps', set.snaps, '--assertions', set.assertions, '--trusted', set.roots];
});
afterAll(remove);

describe('image build', () => {
  it('writes an image in its forms, with all that proves it, and the same again by its lock', { timeout: 300_000 }, async () => {
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', path.join(folder, 'build.pem')], { stdio: 'ignore' });
    execFileSync('openssl', ['pkey', '-in', path.join(folder, 'build.pem'), '-pubout', '-out', path.join(folder, 'build.pub.pem')]);
    const first = await run('build', '--out', 'first', '--format', ALL_FORMS, '--build-key', 'build.pem');
    expect([first.code, first.stderr]).toEqual([0, '']);
    const files = readdirSync(path.join(folder, 'first')).sort();
    expect(files).toEqual(['SHA256SUMS', 'assertions', 'cdx.json', 'lock.json', 'manifest.json', 'model', 'pc.img', 'pc.img.bmap', 'pc.img.gz', 'pc.img.xz', 'pc.img.zst', 'pc.qcow2', 'provenance.json', 'seed.manifest', 'spdx.json']);
    expect(first.stdout.split('\n').slice(0, -1).map((line) => line.split('  ')[1]!).sort()).toEqual(files);
    // The raw image is too large for one buffer; the other forms are made of it.
    for (const line of first.stdout.split('\n').slice(0, -1).filter((each) => !each.endsWith('  pc.img'))) expect(digestOf(path.join(folder, 'first', line.slice(66)))).toBe(line.slice(0, 64));
    expect(readFileSync(path.join(folder, 'first/seed.manifest'), 'utf8')).toBe('core22 12\npc 13\npc-kernel 11\nsnapd 10\n');
    expect(await imprint(['evidence', 'verify', '--build-key', 'build.pub.pem', '--trusted', set.roots, 'first'], { folder, env })).toMatchObject({ code: 0, stderr: '' });

    // Another folder, time zone and mask, and nothing remembered.
    const again = execFileSync('sh', ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, path.resolve(import.meta.dirname, '../imprint.mjs'), 'image', 'build', ...args, '--lock', path.join(folder, 'first/lock.json'), '--out', path.join(folder, 'deep/er/second'), '--format', ALL_FORMS, '--build-key', path.join(folder, 'build.pem')], { env: { ...process.env, TZ: 'Pacific/Kiritimati', XDG_CACHE_HOME: path.join(folder, 'other-cache') }, encoding: 'utf8' });
    expect(again).toBe(first.stdout);
  });

  it('writes a raw image with holes, whose table and seed the stock tools read', async () => {
    const { code, stdout } = await run('build', '--out', 'raw', '--json');
    expect(code).toBe(0);
    const file = path.join(folder, 'raw/pc.img');
    expect((JSON.parse(stdout) as { files: { name: string; sha256: string }[] }).files[0]).toMatchObject({ name: 'pc.img', sizeBytes: 3_137_373_696 });
    const { size, blocks } = statSync(file);
    expect(size).toBe(3_137_373_696);
    expect(blocks * 512).toBeLessThan(16 * 2 ** 20);
    expect(execFileSync('/usr/sbin/sgdisk', ['-v', file], { encoding: 'utf8' })).toContain('No problems found');
    expect(execFileSync('mdir', ['-b', '-i', `${file}@@2M`, '::/systems/20260101'], { encoding: 'utf8', env: { ...process.env, MTOOLS_SKIP_CHECK: '1' } })).toContain('::/systems/20260101/model');
  });

  it.each([
    [1, 'fixes the channels', ['--out', 'x', '--channel', 'edge']],
    [1, 'is not empty', ['--out', 'set']],
    [1, 'no model', ['--out', 'x', '--model', 'set/roots.assert']],
    [1, 'broken.json: This is no JSON: it ends before a value (line 2, column 10)', ['--out', 'x', '--lock', 'broken.json']],
    [2, 'neither 512 nor 4096', ['--out', 'x', '--sector-size', '1024']],
    [2, 'names no format', ['--out', 'x', '--format', 'iso']],
    [2, 'not FILE, NAME', ['--out', 'x', '--snap', 'a=b=c']],
    [2, 'either --store', ['--out', 'x', '--store', 'https://example.com']],
  ])('ends with %i when it should: %s', async (code, words, more) => {
    const ended = await run('build', ...more);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(words);
  });
});

describe('image plan', () => {
  it('tells every byte and where it comes from', async () => {
    const { code, stdout } = await run('plan', '--json');
    expect(code).toBe(0);
    const plan = JSON.parse(stdout) as { label: string; volumes: { sizeBytes: number; segments: { offsetBytes: number; sizeBytes: number; kind: string; source?: string; path?: string }[] }[] };
    const [pc] = plan.volumes;
    let at = 0;
    for (const segment of pc!.segments) {
      expect(segment.offsetBytes).toBe(at);
      at += segment.sizeBytes;
    }
    expect(at).toBe(pc!.sizeBytes);
    expect(pc!.segments.filter(({ kind }) => kind === 'file').map(({ source }) => source).sort()).toEqual(['core22', 'pc', 'pc-kernel', 'snapd']);
    for (const { kind, path: file } of pc!.segments) if (kind === 'file') expect(path.dirname(file!)).toBe(set.snaps);
  });
});

describe('image seed', () => {
  it('writes the tree of the seed', async () => {
    expect(await run('seed', '--out', 'seed', '--label', 'mine')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readdirSync(path.join(folder, 'seed')).sort()).toEqual(['EFI', 'snaps', 'systems']);
    expect(readFileSync(path.join(folder, 'seed/systems/mine/model'))).toEqual(readFileSync(set.model));
    expect(digestOf(path.join(folder, 'seed/snaps/pc_13.snap'))).toBe(digestOf(path.join(set.snaps, 'pc_13.snap')));
  });
});

describe('image verify', () => {
  type Plan = { volumes: { segments: { offsetBytes: number; sizeBytes: number; kind: string; source?: string }[] }[] };
  let plan: Plan;
  const image = path.join(folder, 'raw/pc.img');
  const verify = (...more: string[]) => imprint(['image', 'verify', '--trusted', set.roots, ...more], { folder, env });
  /** Changes one byte, looks, and changes it back. */
  async function withFlipped(offset: number): Promise<Awaited<ReturnType<typeof verify>>> {
    const flip = () => {
      const file = openSync(image, 'r+');
      const byte = Buffer.alloc(1);
      readSync(file, byte, 0, 1, offset);
      writeSync(file, Buffer.of(byte[0]! ^ 1), 0, 1, offset);
      closeSync(file);
    };
    flip();
    try {
      return await verify('raw/pc.img');
    } finally {
      flip();
    }
  }
  const offsetOf = (source: string) => plan.volumes[0]!.segments.find((segment) => segment.source === source)!.offsetBytes;
  beforeAll(async () => {
    plan = JSON.parse((await run('plan', '--json')).stdout) as Plan;
  });

  it('holds for an image in every form, with its manifest', async () => {
    expect(await verify('raw/pc.img', '--manifest', 'raw/manifest.json')).toMatchObject({ code: 0, stderr: '' });
    for (const form of ['first/pc.img.zst', 'first/pc.qcow2']) expect(await verify(form, '--manifest', 'first/lock.json')).toMatchObject({ code: 0, stderr: '' });
  });

  it('tells the first thing that is broken', async () => {
    for (const [offset, words] of [
      [offsetOf('pc') + 500, 'pc_13.snap'],
      [512 + 40, 'partition table'],
      [2 * 2 ** 20 + 11, 'FAT'],
    ] as const) {
      const broken = await withFlipped(offset);
      expect(broken.code).toBe(1);
      expect(broken.stderr).toContain(words);
    }
    expect(await verify('raw/pc.img')).toMatchObject({ code: 0 });
  });

  it('believes its roots alone', async () => {
    const other = await makeSet(path.join(folder, 'other'), STUB_SETS['uc22-signed']);
    expect(await imprint(['image', 'verify', '--trusted', other.roots, 'raw/pc.img'], { folder, env })).toMatchObject({ code: 1 });
  });
});
