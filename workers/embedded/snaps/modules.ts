import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '@/lib/errors';
import type { DemoSnapsErrorCode } from './errors';
import type { PackageRoot } from './packages';

/** Without these the seed cannot be read on a virtual machine. */
const REQUIRED = ['virtio_pci', 'virtio_blk', 'nls_cp437', 'nls_ascii', 'nls_iso8859-1', 'nls_utf8', 'vfat', 'loop', 'squashfs'];
/** Other disks that a person may try it with; a kernel without them is fine. */
const WELCOME = ['sd_mod', 'ata_piix', 'ahci', 'virtio_scsi', 'nvme'];

export type KernelModule = { name: string; bytes: Uint8Array };

/** The modules of the test initrd in the order they are loaded, each after what it depends on. */
export async function readModules(packages: PackageRoot, release: string): Promise<KernelModule[]> {
  const folder = await packages.find(`lib/modules/${release}`, `usr/lib/modules/${release}`);
  const files = new Map((await listModules(join(folder, 'kernel'))).map((file) => [moduleName(file), file]));
  const builtin = new Set((await readFile(join(folder, 'modules.builtin'), 'utf8')).split('\n').map(moduleName));
  const loaded = new Map<string, KernelModule>();

  const load = async (name: string): Promise<void> => {
    const key = name.replaceAll('-', '_');
    const file = files.get(key);
    if (loaded.has(key) || builtin.has(key)) return;
    if (!file) throw new AppError<DemoSnapsErrorCode>('package-unexpected', `The Debian kernel ${release} has no module ${name}, which the demo kernel needs to read its seed.`);
    const bytes = await readModule(packages, file);
    for (const other of dependenciesOf(bytes)) await load(other);
    loaded.set(key, { name: `${key}.ko`, bytes });
  };
  for (const name of REQUIRED) await load(name);
  for (const name of WELCOME) if (files.has(name)) await load(name);
  return [...loaded.values()];
}

/** Names are equal whether written with dash or underscore (kmod's rule). */
const moduleName = (file: string): string => basename(file).replace(/\.ko(?:\.xz)?$/, '').replaceAll('-', '_');

async function listModules(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile() && /\.ko(?:\.xz)?$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
}

/** Debian 13 compresses modules; they are unpacked here, since the whole initrd is compressed anyway. */
async function readModule(packages: PackageRoot, file: string): Promise<Uint8Array> {
  return file.endsWith('.xz') ? packages.tool('xz', ['-dc', file]) : readFile(file);
}

/** The `depends=a,b` line of the module's .modinfo section, whose strings stand between zero bytes. */
export function dependenciesOf(module: Uint8Array): string[] {
  const bytes = Buffer.from(module.buffer, module.byteOffset, module.byteLength);
  const at = bytes.indexOf('\0depends=');
  if (at < 0) return [];
  const start = at + '\0depends='.length;
  return bytes.toString('latin1', start, bytes.indexOf(0, start)).split(',').filter((name) => name !== '');
}
