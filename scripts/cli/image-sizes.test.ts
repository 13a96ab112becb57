import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { decodeStream } from '../../lib/assertion/decode';
import { encodeImage } from '../../lib/image/forms';
import { writeFat32 } from '../../lib/image/fat32';
import { PACKED_FORMS, type ImagePlan, type PackedForm } from '../../lib/image/plan';
import { noise } from '../../lib/image/testing';
import type { TreeFile } from '../../lib/seed/tree';
import type { FilePaths } from '../../lib/prepare/fetch-snaps';
import { folderSource } from '../../lib/prepare/folder-source';
import { NO_OPTIONS } from '../../lib/prepare/options';
import { prepareImage } from '../../lib/prepare/prepare-image';
import { makeSet } from '../../lib/prepare/testing/make-set';
import { STUB_SETS } from '../../lib/prepare/testing/stub-sets';
import { hashFile } from '../../lib/snapstore/hash-file';
import { LocalStore } from '../../lib/storage/local-store';
import { readSegments } from '../../lib/storage/read-segments';
import { openImage, type ReadableImage } from './image-files';

// Real compressors take their time, on a machine that is shared.
vi.setConfig({ testTimeout: 300_000 });

const MIB = 2 ** 20;
const signal = new AbortController().signal;
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'imprint-sizes-'));
  folders.push(folder);
  return folder;
}

/** The yardsticks, and what unpacks each form. */
const TOOLS: Record<PackedForm, { pack: string[]; unpack: string[] }> = {
  zst: { pack: ['zstd', '-3', '-c'], unpack: ['zstd', '-dc'] },
  xz: { pack: ['xz', '-6', '-T1', '-c'], unpack: ['xz', '-dc'] },
  gz: { pack: ['gzip', '-6', '-c'], unpack: ['gzip', '-dc'] },
};

/** What a tool makes of the bytes. */
async function through([tool, ...args]: string[], bytes: AsyncIterable<Uint8Array>): Promise<{ sizeBytes: number; sha256: string }> {
  const child = spawn(tool!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const hash = createHash('sha256');
  let sizeBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    sizeBytes += chunk.length;
  });
  await pipeline(Readable.from(bytes), child.stdin);
  expect(await ended).toEqual([0, null]);
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}

const bytesOf = ({ openBlob }: ReadableImage, plan: ImagePlan) => readSegments(plan.segments, openBlob, { signal });

/** Each form's size by that of the tool, once it is known to unpack to the image. */
async function ratios(plan: ImagePlan, paths: FilePaths, scratch: string): Promise<Record<PackedForm, number>> {
  const image = await openImage(plan, paths, { formats: ['img.zst', 'img.xz', 'img.gz'], scratch, signal });
  const wanted = await sha256Of(bytesOf(image, image.plan));
  const found = { zst: 0, xz: 0, gz: 0 };
  for (const form of PACKED_FORMS) {
    const encoded = encodeImage(form, image.plan);
    const { sizeBytes } = await through(TOOLS[form].pack, bytesOf(image, image.plan));
    expect((await through(TOOLS[form].unpack, bytesOf(image, encoded))).sha256, form).toBe(wanted);
    found[form] = encoded.sizeBytes / sizeBytes;
  }
  return found;
}

async function prepareStub(name: keyof typeof STUB_SETS) {
  const set = await makeSet(await newFolder(), STUB_SETS[name]);
  const assertions = async (file: string) => decodeStream(new Uint8Array(await readFile(file)));
  const source = await folderSource(set.snaps, await assertions(path.join(set.assertions, 'all.assert')), hashFile, signal);
  const anchors = { assertions: [], predefined: [], embedded: await assertions(set.roots) };
  const [model] = await assertions(set.model);
  const scratch = await newFolder();
  const prepared = await prepareImage({ model: model!, options: NO_OPTIONS, source, anchors, trustedPublishers: [], now: new Date('2026-06-01T00:00:00Z'), hash: hashFile, content: new LocalStore(scratch), scratch }, (_name, work) => work({ signal, progress: () => undefined, log: () => undefined, say: () => undefined }));
  return { ...prepared, scratch };
}

/** How much longer than what the tool makes of the whole image a form may be. */
const expectSmall = (found: Record<PackedForm, number>) => PACKED_FORMS.forEach((form) => expect(found[form], form).toBeLessThanOrEqual(1.02));

describe('a form is at most a fiftieth longer than zstd -3, xz -6 or gzip -6 make the image, and unpacks to it', () => {
  // Snaps of 4 KiB: hardly anything but zeros, with ext4 tables in both.
  it.each(['uc18', 'uc18-pi'] as const)('for the stub set %s', async (name) => {
    const { images, paths, scratch } = await prepareStub(name);
    expectSmall(await ratios(images[0]!.plan, paths, scratch));
  });

  it('for hundreds of small files beside snaps', async () => {
    const { plan, paths } = await planSmallFiles();
    expectSmall(await ratios(plan, paths, await newFolder()));
  });
});

/** As large and as alike as device trees are: properties of nodes, most of which others have too. */
function deviceTree(seed: number): Uint8Array {
  const lines = Array.from({ length: 400 }, (_, i) => `node@${((i * 4096 + seed * (i % 7)) >>> 0).toString(16)} { compatible = "brcm,bcm2835-part${i % 97}"; reg = <0x${((i * 2654435761 + seed) >>> 0).toString(16)} 0x1000>; status = "okay"; };\n`);
  return new TextEncoder().encode(lines.join(''));
}

async function planSmallFiles(): Promise<{ plan: ImagePlan; paths: FilePaths }> {
  const folder = await newFolder();
  const files: TreeFile[] = Array.from({ length: 120 }, (_, i) => ({ path: `overlays/part-${i}.dtbo`, content: { kind: 'bytes', bytes: deviceTree(i) } }));
  const paths = new Map<string, string>();
  for (let i = 0; i < 3; i += 1) {
    const bytes = noise(i, MIB);
    const sha3_384 = createHash('sha3-384').update(bytes).digest('hex');
    paths.set(sha3_384, path.join(folder, sha3_384));
    await writeFile(path.join(folder, sha3_384), bytes);
    files.push({ path: `snaps/${i}.snap`, content: { kind: 'blob', sha3_384, sizeBytes: bytes.length } });
  }
  const sizeBytes = 40 * MIB;
  return { plan: { sizeBytes, segments: writeFat32({ files, sizeBytes, label: 'ubuntu-seed', volumeId: 1, epoch: 1_700_000_000, hiddenSectors: 2048 }) }, paths };
}
