import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors';

/** Tools that images and tokens need, and the Debian package each comes in. */
export const TOOL_PACKAGES = {
  unsquashfs: 'squashfs-tools',
  mksquashfs: 'squashfs-tools',
  prlimit: 'util-linux',
  bwrap: 'bubblewrap',
  zstd: 'zstd',
  mcopy: 'mtools',
  mdir: 'mtools',
  'fsck.vfat': 'dosfstools',
  mke2fs: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  sgdisk: 'gdisk',
  gzip: 'gzip',
  xz: 'xz-utils',
  'qemu-img': 'qemu-utils',
  'pkcs11-tool': 'opensc',
} as const;
export type ToolName = keyof typeof TOOL_PACKAGES;

/** A normal login's PATH lacks the sbin folders, where half of these tools are. */
const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const found = new Map<ToolName, string>();

/** Absolute path of a tool, looked for in the system's folders only. Throws AppError `tool-missing` with the package to install. */
export async function findTool(name: ToolName): Promise<string> {
  const known = found.get(name);
  if (known !== undefined) return known;
  for (const folder of FOLDERS) {
    const candidate = path.join(folder, name);
    if (await isExecutable(candidate)) {
      found.set(name, candidate);
      return candidate;
    }
  }
  throw new AppError('tool-missing', `The tool ${name} is not installed on this machine. On Debian: apt-get install ${TOOL_PACKAGES[name]}`, { details: { tool: name, package: TOOL_PACKAGES[name] } });
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return false;
    throw error;
  }
}
