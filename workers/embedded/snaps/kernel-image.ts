import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/lib/errors';
import type { DemoSnapsErrorCode } from './errors';
import type { PackageRoot } from './packages';

const PE_TIME = 8;
const PE_OPTIONAL_HEADER = 24;
const PE_CHECKSUM = PE_OPTIONAL_HEADER + 64;

export type KernelParts = { osRelease: string; commandLine: string; linux: string; initrd: string };

/**
 * Makes `kernel.efi`: systemd's EFI stub with the parts as sections of their own (UAPI group, unified kernel image).
 * Without Secure Boot the stub takes GRUB's arguments in place of the command line in it.
 */
export async function makeKernelImage(packages: PackageRoot, parts: KernelParts, workDir: string): Promise<Uint8Array> {
  const stub = await packages.find(`usr/lib/systemd/boot/efi/linux${packages.machine.efi}.efi.stub`);
  const osRelease = join(workDir, 'os-release');
  const commandLine = join(workDir, 'cmdline');
  await writeFile(osRelease, parts.osRelease);
  await writeFile(commandLine, parts.commandLine);
  const sections = [
    ['.osrel', osRelease],
    ['.cmdline', commandLine],
    ['.linux', parts.linux],
    ['.initrd', parts.initrd],
  ] as const;

  const { start, alignment } = afterSections(await readFile(stub));
  let address = start;
  const args: string[] = [];
  for (const [name, file] of sections) {
    args.push('--add-section', `${name}=${file}`, '--change-section-vma', `${name}=0x${address.toString(16)}`);
    const end = address + BigInt((await readFile(file)).length);
    address = ((end + alignment - 1n) / alignment) * alignment;
  }
  const image = join(workDir, 'kernel.efi');
  await packages.tool(`${packages.machine.gnu}-objcopy`, [...args, stub, image]);
  return withoutStamp(await readFile(image));
}

/** Where a new section may begin, as objcopy counts addresses: from the image base. PE/COFF 3.4 and 4. */
export function afterSections(bytes: Uint8Array): { start: bigint; alignment: bigint } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pe = peOffset(view);
  const count = view.getUint16(pe + 6, true);
  const table = pe + PE_OPTIONAL_HEADER + view.getUint16(pe + 20, true);
  const base = view.getBigUint64(pe + PE_OPTIONAL_HEADER + 24, true);
  // objcopy keeps to pages even where the stub's own alignment is finer.
  const alignment = BigInt(Math.max(4096, view.getUint32(pe + PE_OPTIONAL_HEADER + 32, true)));
  let end = 0n;
  for (let i = 0; i < count; i += 1) {
    const sectionEnd = BigInt(view.getUint32(table + i * 40 + 12, true)) + BigInt(view.getUint32(table + i * 40 + 8, true));
    if (sectionEnd > end) end = sectionEnd;
  }
  return { start: base + ((end + alignment - 1n) / alignment) * alignment, alignment };
}

/** objcopy writes the hour and a checksum over it; firmware needs neither. */
export function withoutStamp(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  const pe = peOffset(view);
  view.setUint32(pe + PE_TIME, 0);
  view.setUint32(pe + PE_CHECKSUM, 0);
  return copy;
}

function peOffset(view: DataView): number {
  const pe = view.byteLength > 64 ? view.getUint32(60, true) : Number.POSITIVE_INFINITY;
  if (pe + PE_CHECKSUM + 4 > view.byteLength || view.getUint32(pe) !== 0x50450000) throw new AppError<DemoSnapsErrorCode>('package-unexpected', 'The EFI stub of the package systemd-boot-efi is no PE file.');
  return pe;
}
