import { open } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors';

/**
 * `squashfs-invalid`: damaged or no squashfs; `squashfs-compression-unknown`; `squashfs-name-invalid`: it has a name that no file system could hold or that could pass for
 * another; `squashfs-too-big`: too many files, or too many bytes together; `snap-file-…`: a file that was asked for.
 */
export type SquashfsErrorCode = 'squashfs-invalid' | 'squashfs-compression-unknown' | 'squashfs-name-invalid' | 'squashfs-too-big' | 'snap-file-missing' | 'snap-file-too-big' | 'snap-file-not-regular';

export type Superblock = { inodes: number; blockBytes: number; compression: 'gzip' | 'lzo' | 'xz' | 'lz4' | 'zstd'; bytesUsed: number };

export const MAX_INODES = 200_000;
const COMPRESSIONS: Record<number, Superblock['compression']> = { 1: 'gzip', 3: 'lzo', 4: 'xz', 5: 'lz4', 6: 'zstd' };

export const invalid = (file: string, why: string, cause?: unknown): never => {
  throw new AppError<SquashfsErrorCode>('squashfs-invalid', `The file ${path.basename(file)} is not a snap that can be read: ${why}.`, { cause });
};

/** The 96 bytes at a snap's start (squashfs 4.0), checked before any tool sees the file. Throws AppError `squashfs-invalid`, `squashfs-compression-unknown` or `squashfs-too-big`. */
export async function readSuperblock(file: string): Promise<Superblock> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(96);
    const { bytesRead } = await handle.read(bytes, 0, 96, 0);
    if (bytesRead < 96 || bytes.toString('latin1', 0, 4) !== 'hsqs') return invalid(file, 'it is no squashfs');
    const major = bytes.readUInt16LE(28);
    const minor = bytes.readUInt16LE(30);
    if (major !== 4 || minor !== 0) return invalid(file, `it is squashfs ${major}.${minor}, not 4.0`);
    const blockBytes = bytes.readUInt32LE(12);
    if (blockBytes < 4096 || blockBytes > 2 ** 20 || blockBytes !== 2 ** bytes.readUInt16LE(22)) return invalid(file, 'its block size is not a power of two between 4 KiB and 1 MiB');
    const compressor = bytes.readUInt16LE(20);
    const compression = COMPRESSIONS[compressor];
    if (compression === undefined) throw new AppError<SquashfsErrorCode>('squashfs-compression-unknown', `The file ${path.basename(file)} is compressed in a way that is not known here (${compressor}). Snaps are made with gzip, lzo, xz, lz4 or zstd.`);
    const bytesUsed = Number(bytes.readBigUInt64LE(40));
    if (bytesUsed > size || bytesUsed < 96) return invalid(file, `it says it has ${bytesUsed} bytes, and the file has ${size}`);
    const inodes = bytes.readUInt32LE(4);
    if (inodes > MAX_INODES) throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The file ${path.basename(file)} holds ${inodes} files; at most ${MAX_INODES} are taken.`);
    return { inodes, blockBytes, compression, bytesUsed };
  } finally {
    await handle.close();
  }
}
