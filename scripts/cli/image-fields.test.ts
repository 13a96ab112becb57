import { closeSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BOARD_SETS } from '../../lib/prepare/testing/board-sets';
import { makeSet } from '../../lib/prepare/testing/make-set';
import { tool } from './disks.testing';
import { imprint, makeFolder } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const { folder, remove } = makeFolder();
afterAll(remove);

/** The last bytes of a file. */
function tailOf(file: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const handle = openSync(file, 'r');
  readSync(handle, bytes, 0, length, statSync(file).size - length);
  closeSync(handle);
  return bytes;
}

describe.each(['UC24 on a PC', 'UC22 with file systems of its gadget', 'UC18 on a PC'])(
  'what tools read of a form before they unpack it: %s',
  (name) => {
    const root = path.join(folder, name.replaceAll(' ', '-'));
    const made = (ending: string) => path.join(root, 'made', `pc.${ending}`);
    let sizeBytes: number;

    beforeAll(async () => {
      const { model, snaps, assertions, roots } = await makeSet(root, BOARD_SETS[name]!.set);
      const options = ['--model', model, '--snaps', snaps, '--assertions', assertions, '--trusted', roots];
      const formats = ['--format', 'img,img.zst,img.xz,img.gz,qcow2'];
      const built = await imprint(
        ['image', 'build', ...options, '--out', path.join(root, 'made'), ...formats],
        { env: { XDG_CACHE_HOME: root } },
      );
      expect(built).toMatchObject({ code: 0 });
      sizeBytes = statSync(made('img')).size;
    });

    it('gzip and Raspberry Pi Imager find the size of the image behind its one member', () => {
      expect(tool('gzip', '-l', made('img.gz')).trim().split(/\s+/).slice(4, 6)).toEqual([
        String(statSync(made('img.gz')).size),
        String(sizeBytes),
      ]);
      expect(tailOf(made('img.gz'), 4).readUInt32LE()).toBe(sizeBytes);
      tool('gzip', '-t', made('img.gz'));
    });

    it('zstd, and who reads no more than the first header, finds it in its one frame', () => {
      const said = tool('zstd', '-lv', made('img.zst'));
      expect(/Decompressed Size: .* \((\d+) B\)/.exec(said)![1]).toBe(String(sizeBytes));
      expect(said).toMatch(/Frames: 1$/m);
      tool('zstd', '-tq', made('img.zst'));
    });

    it('xz finds it in the index of its one stream, which is short enough for Imager to read', () => {
      const lines = tool('xz', '--robot', '-l', made('img.xz'))
        .split('\n')
        .map((line) => line.split('\t'));
      const [, streams, , compressed, uncompressed] = lines.find(([kind]) => kind === 'file')!;
      expect([streams, compressed, uncompressed]).toEqual([
        '1',
        String(statSync(made('img.xz')).size),
        String(sizeBytes),
      ]);
      expect((tailOf(made('img.xz'), 8).readUInt32LE() + 1) * 4).toBeLessThan(1_000_000);
    });

    it('qemu-img finds it in a header without a fault, and writes zeros over what was there', () => {
      const info = JSON.parse(tool('qemu-img', 'info', '--output=json', made('qcow2'))) as Record<
        string,
        unknown
      >;
      expect(info).toMatchObject({ format: 'qcow2', 'virtual-size': sizeBytes, 'dirty-flag': false });
      const check = JSON.parse(tool('qemu-img', 'check', '--output=json', made('qcow2'))) as Record<
        string,
        unknown
      >;
      expect(check).toMatchObject({ 'check-errors': 0, 'image-end-offset': statSync(made('qcow2')).size });
      const medium = path.join(root, 'medium');
      writeFileSync(medium, Buffer.alloc(sizeBytes, 0xff));
      tool('qemu-img', 'convert', '-n', '-O', 'raw', made('qcow2'), medium);
      tool('cmp', medium, made('img'));
    });
  },
);
