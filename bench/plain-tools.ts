import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';

/** `gadget` is a file in the folder `snaps`. */
export type PlainInput = { snaps: string; model: string; gadget: string; sizeBytes: number };
export type Step = { name: string; seconds: number };

/**
 * What `snap prepare-image` and ubuntu-image do of the same snaps, by the plain tools of Debian, without
 * root: digests, the seed as a tree, a file system with it, a partitioned disk. openssl makes the checksum,
 * since sha256sum takes several times as long.
 */
const STEPS: Record<string, string> = {
  'digests of the snaps': `
    for snap in "$SNAPS"/*.snap; do
      openssl dgst -sha3-384 "$snap"
      unsquashfs -cat "$snap" meta/snap.yaml
    done`,
  'seed as a tree': `
    mkdir -p tree/snaps tree/systems/1 tree/EFI/boot
    cp "$SNAPS"/*.snap tree/snaps
    cp "$MODEL" tree/systems/1/model
    unsquashfs -q -n -d gadget "$SNAPS/$GADGET"
    cp gadget/grubx64.efi gadget/shim.efi.signed tree/EFI/boot`,
  'file system of the seed': `
    truncate -s 1200M seed.img
    mkfs.vfat -F 32 -n UBUNTU-SEED seed.img
    mcopy -s -i seed.img tree/* ::/`,
  disk: `
    truncate -s "$SIZE" pc.img
    sgdisk -n 1:2048:+1M -n 2:4096:+1200M -n 3:0:+750M -n 4:0:+16M -n 5:0:+1G pc.img
    dd if=seed.img of=pc.img bs=1M seek=2 conv=notrunc,sparse`,
  'checksum of the image': 'openssl dgst -sha256 pc.img',
};

/** Runs them in a new folder, and removes it. */
export function buildWithPlainTools({ snaps, model, gadget, sizeBytes }: PlainInput, folder: string): Step[] {
  const named = { SNAPS: snaps, MODEL: model, GADGET: gadget, SIZE: String(sizeBytes) };
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const env = { ...process.env, PATH, MTOOLS_SKIP_CHECK: '1', ...named };
  mkdirSync(folder);
  try {
    return Object.entries(STEPS).map(([name, script]) => {
      return { name, seconds: timed('sh', ['-ec', script], { cwd: folder, env }) };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Where = { cwd?: string; env?: NodeJS.ProcessEnv };

/** Seconds that a program takes, from its start to its end. Throws with what it said when it fails. */
export function timed(file: string, args: string[], where: Where = {}): number {
  const startedAt = performance.now();
  const { status, stderr, error } = spawnSync(file, args, { ...where, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return (performance.now() - startedAt) / 1000;
}
