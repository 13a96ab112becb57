import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { layOut } from '../gadget/layout';
import { parseGadget } from '../gadget/parse';
import { MIB } from '../gadget/quantity';
import { measureTree } from '../image/fat32';
import { planImage } from '../image/plan-image';
import { segmentLength, type Segment } from '../image/plan';
import { sliceSegments } from '../image/segments';
import { crc32 } from '../crc32';
import { encodeGzip } from '../image/gzip';
import { encodeQcow2 } from '../image/qcow2';
import { encodeXz } from '../image/xz';
import { encodeZst } from '../image/zst';
import { noise } from '../image/testing';
import type { TreeFile } from '../seed/tree';
import { findTool, type ToolName } from './find-tool';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** What our writers made, seen by the tools that everybody has. */
const exec = promisify(execFile);
const ENVIRONMENT = { PATH: '/usr/bin:/bin', MTOOLSRC: '/dev/null', TZ: 'UTC', LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv;
const run = async (tool: ToolName, ...args: string[]) =>
  (await exec(await findTool(tool), args, { encoding: 'buffer', maxBuffer: 64 * MIB, env: ENVIRONMENT })).stdout;

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const identifiers = { root: sha256(new Uint8Array([1])), sha256 };
const EPOCH = Date.UTC(2024, 1, 29, 13, 14, 16) / 1000;

const blobs = new Map([1, 2, 3].map((n) => [String(n).repeat(96), noise(n, n * 3_000_000 + (n === 2 ? 0 : 777))]));
const blob = (pathName: string, sha3_384: string): TreeFile => ({ path: pathName, content: { kind: 'blob', sha3_384, sizeBytes: blobs.get(sha3_384)!.length } });
const text = (pathName: string, bytes: Uint8Array): TreeFile => ({ path: pathName, content: { kind: 'bytes', bytes } });
const tree: TreeFile[] = [
  blob('snaps/pc-kernel_1234.snap', '1'.repeat(96)),
  blob('snaps/core24_7.snap', '2'.repeat(96)),
  blob('snaps/pc_10.snap', '3'.repeat(96)),
  text('systems/20240229/model', noise(9, 1800)),
  text('systems/20240229/assertions/model-etc', noise(10, 5000)),
  text('systems/20240229/grubenv', noise(11, 1024)),
  text('EFI/ubuntu/grub.cfg', noise(12, 4096)),
  text('EFI/ubuntu/GRUBENV', noise(13, 1024)),
  text('EFI/boot/grubx64.efi', noise(14, 123_457)),
  text('EFI/boot/A long name, with spaces & dots.in.it.tar.gz', noise(15, 1)),
  text('EFI/boot/A long name, with spaces & dots.in.it.tar.xz', noise(16, 2)),
  text('empty file', new Uint8Array(0)),
  text('Grüße aus Köln.txt', noise(17, 40)),
  ...Array.from({ length: 300 }, (_, i) => text(`many/with-a-common-beginning-${i}.dtb`, noise(i, i))),
];

function planOf(gadget: string, files: TreeFile[]) {
  const layout = layOut(parseGadget(gadget).volumes[0]!);
  const seed = layout.structures.find((s) => s.role === 'system-seed')!;
  const mbr = layout.structures.find((s) => s.role === 'mbr');
  const images = new Map(mbr ? [[mbr.yamlIndex, [{ offsetBytes: 0, content: { kind: 'bytes' as const, bytes: noise(99, 440) } }]]] : []);
  return { plan: planImage({ layout, trees: new Map([[seed.yamlIndex, files]]), images, identifiers, epoch: EPOCH }), seed };
}

/** Writes segments into a sparse file. */
async function writeFile(file: string, segments: Segment[]): Promise<void> {
  const handle = await open(file, 'w');
  let at = 0;
  for (const s of segments) {
    if (s.kind === 'bytes') await handle.write(s.bytes, 0, s.bytes.length, at);
    else if (s.kind === 'blob') await handle.write(blobs.get(s.sha3_384)!, s.offset, s.length, at);
    at += segmentLength(s);
  }
  await handle.close();
  await truncate(file, at);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'image-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('an image of the reference PC gadget, read by other tools', () => {
  let image: string;
  let fat: string;
  let made: ReturnType<typeof planOf>;
  beforeAll(async () => {
    made = planOf(await readFile(new URL('../gadget/fixtures/pc-24-amd64.yaml', import.meta.url), 'utf8'), tree);
    image = path.join(folder, 'pc.img');
    await writeFile(image, made.plan.segments);
    fat = path.join(folder, 'seed.fat');
    const { offsetBytes, sizeBytes } = made.seed;
    await writeFile(fat, sliceSegments(made.plan.segments, offsetBytes, offsetBytes + sizeBytes));
  });

  it('has a partition table without a fault, with the two partitions in their places', async () => {
    expect(made.plan.sizeBytes).toBe(3_154_150_912);
    const verdict = (await run('sgdisk', '-v', image)).toString();
    expect(verdict).toContain('No problems found');
    const table = (await run('sgdisk', '-p', image)).toString();
    expect(table).toMatch(/1 +2048 +4095 +1024.0 KiB +EF02 +BIOS Boot/);
    expect(table).toMatch(/2 +4096 +2461695 +1.2 GiB +EF00 +ubuntu-seed/);
  });

  it('has a FAT32 that fsck finds nothing wrong with', async () => {
    const report = (await run('fsck.vfat', '-n', '-v', fat)).toString();
    expect(report).toMatch(/4096 bytes per cluster/);
    expect(report).toMatch(/Data area starts at byte \d+ /);
    expect(Number(/Data area starts at byte (\d+)/.exec(report)![1]) % 4096).toBe(0);
    expect(report).not.toMatch(/differ|wrong|invalid|orphan|mismatch|Reclaim|differences|dirty/i);
    expect(report).toMatch(/322 files, \d+\/\d+ clusters/);
  });

  it('gives every file back byte for byte', async () => {
    for (const file of tree.filter((f) => !f.path.startsWith('many/') || f.path.endsWith('9.dtb'))) {
      const bytes = await run('mcopy', '-i', `${image}@@${made.seed.offsetBytes}`, `::/${file.path}`, '-');
      const wanted = file.content.kind === 'bytes' ? file.content.bytes : blobs.get(file.content.sha3_384)!;
      expect(Buffer.compare(bytes, wanted), file.path).toBe(0);
    }
  });

  it('shows label, names and dates as they were given', async () => {
    const listing = (await run('mdir', '-i', fat, '::/EFI/boot')).toString();
    expect(listing).toContain('Volume in drive : is ubuntu-seed');
    expect(listing).toMatch(/grubx64 +efi +123457 2024-02-29 +13:14/i);
    expect(listing).toContain('A long name, with spaces & dots.in.it.tar.gz');
    const all = (await run('mdir', '-/', '-b', '-i', fat, '::')).toString();
    expect(all.match(/with-a-common-beginning-/g)).toHaveLength(300);
    expect(all).toContain('Grüße aus Köln');
  });

  it('has an archive hardly larger than the files it holds', async () => {
    const sized = tree.map((f) => ({ path: f.path, sizeBytes: f.content.kind === 'bytes' ? f.content.bytes.length : f.content.sizeBytes }));
    const archive = encodeZst(made.plan.segments);
    expect(archive.sizeBytes).toBeLessThan(measureTree(sized, made.seed.sizeBytes).neededBytes * 1.01 + 100_000);
    const file = path.join(folder, 'pc.img.zst');
    await writeFile(file, archive.segments);
    expect((await run('zstd', '-l', '-v', file)).toString()).toContain(`(${made.plan.sizeBytes} B)`);
  });
});

const SMALL = `
volumes:
  small:
    bootloader: grub
    structure:
      - {name: mbr, type: mbr, size: 440}
      - {name: seed, role: system-seed, filesystem: vfat, type: 'EF,C12A7328-F81F-11D2-BA4B-00A0C93EC93B', size: 64M}
      - {name: boot, role: system-boot, filesystem: ext4, type: '83,0FC63DAF-8483-4772-8E79-3D69D8477DE4', size: 4M}
      - {name: data, role: system-data, filesystem: ext4, type: '83,0FC63DAF-8483-4772-8E79-3D69D8477DE4', size: 4M}
`;

describe('the stored archive of a small image', () => {
  it('is decoded by zstd to the very image', async () => {
    const { plan } = planOf(SMALL, tree);
    const image = path.join(folder, 'small.img');
    await writeFile(image, plan.segments);
    await writeFile(`${image}.zst`, encodeZst(plan.segments).segments);
    await run('zstd', '-q', '-d', `${image}.zst`, '-o', `${image}.raw`);
    expect(Buffer.compare(await readFile(`${image}.raw`), await readFile(image))).toBe(0);
  });

  it.each([
    ['gz', 'gzip', encodeGzip],
    ['xz', 'xz', encodeXz],
  ] as const)('is unpacked from .%s by %s as well', async (ending, tool, encode) => {
    const { plan } = planOf(SMALL, tree);
    const image = path.join(folder, `small-${ending}.img`);
    await writeFile(image, plan.segments);
    const checked = plan.segments.map((s) => (s.kind === 'blob' ? { ...s, crc32: crc32(blobs.get(s.sha3_384)!) } : s));
    await writeFile(`${image}.raw.${ending}`, encode({ ...plan, segments: checked }).segments);
    await run(tool, '-d', `${image}.raw.${ending}`);
    expect(Buffer.compare(await readFile(`${image}.raw`), await readFile(image))).toBe(0);
  });

  it('is a sound qcow2 as well, and is converted to the very image', async () => {
    const { plan } = planOf(SMALL, tree);
    const image = path.join(folder, 'small-again.img');
    await writeFile(image, plan.segments);
    await writeFile(`${image}.qcow2`, encodeQcow2(plan).segments);
    expect((await run('qemu-img', 'check', `${image}.qcow2`)).toString()).toContain('No errors were found');
    await run('qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', `${image}.qcow2`, `${image}.raw`);
    expect(Buffer.compare(await readFile(`${image}.raw`), await readFile(image))).toBe(0);
  });

  it('is decoded block for block, wherever the image ends', async () => {
    for (const length of [1, 4095, 128 * 1024 + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1]) {
      const segments: Segment[] = [{ kind: 'zeros', length: 5000 }, { kind: 'bytes', bytes: noise(5, length) }, { kind: 'zeros', length: 4096 }, { kind: 'bytes', bytes: noise(6, 3) }];
      const file = path.join(folder, `cut-${length}`);
      await writeFile(file, segments);
      await writeFile(`${file}.zst`, encodeZst(segments).segments);
      expect(Buffer.compare(await run('zstd', '-q', '-d', '-c', `${file}.zst`), await readFile(file)), `${length}`).toBe(0);
    }
  });
});
