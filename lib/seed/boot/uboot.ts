import { AppError } from '../../errors';
import { systemPath } from '../plan-seed';
import { directory, textFile, type TreeEntry } from '../tree';
import { placeKernelAssets, type BootErrorCode } from './kernel-assets';
import { recoveryVariables, runVariables, type RunVariables } from './recovery-variables';
import { readUbootEnv, REDUNDANT_ENV_BYTES, UBOOT_ENV_BYTES, writeRedundantEnv, writeUbootEnv } from './uboot-env';

/** Content of files at the gadget's root, by name; those that are not there are left out. */
export type GadgetRoot = ReadonlyMap<string, Uint8Array>;

/** Files at a gadget's root that decide how U-Boot's environment looks: read those, where they are, into the `GadgetRoot`. */
export const UBOOT_ROOT_FILES = ['uboot.conf', 'boot.sel', 'uboot.env', 'ubootpart.sel'];

export type UbootInput = { label: string; bootFlags: readonly string[]; gadgetRoot: GadgetRoot; /** Of the kernel snap, paths from its root: see `isKernelAsset`. */ kernelAssets: readonly TreeEntry[] };

/** What U-Boot reads on the seed of UC20+ (snapd bootloader/uboot.go). Throws AppError `boot-config-invalid`, `uboot-env-too-big`. */
export function bootWithUboot({ label, bootFlags, gadgetRoot, kernelAssets }: UbootInput): TreeEntry[] {
  if ((gadgetRoot.get('uboot.conf')?.length ?? 0) > 0) fail('The gadget has a uboot.conf that is not empty; with Ubuntu Core 20 and later it must be, and U-Boot reads uboot/ubuntu/boot.sel.');
  const shape = { sizeBytes: UBOOT_ENV_BYTES, headerFlagByte: usesFlagByte(gadgetRoot.get('boot.sel')) };
  return [textFile('uboot/ubuntu/boot.sel', writeUbootEnv(recoveryVariables(label, bootFlags), shape)), ...placeInFolder(`${systemPath(label)}/kernel`, kernelAssets)];
}

/** The folder is there even for a kernel that brings nothing. */
function placeInFolder(folder: string, kernelAssets: readonly TreeEntry[]): TreeEntry[] {
  const placed = placeKernelAssets(folder, kernelAssets);
  return placed.length > 0 ? placed : [directory(folder)];
}

/** The environment of U-Boot where it has a partition of its own, and what stands in the file system all the same. */
export type UbootPart = { /** Content of the structure with the role system-boot-state. */ bootState: Uint8Array; tree: TreeEntry[] };

/** The same with a `system-boot-state` partition (snapd bootloader/ubootpart.go). Throws AppError `boot-config-invalid`, `uboot-env-too-big`. */
export function bootWithUbootPart({ label, bootFlags, gadgetRoot, kernelAssets }: UbootInput): UbootPart {
  assertPartSize(gadgetRoot);
  return { bootState: writeRedundantEnv(recoveryVariables(label, bootFlags)), tree: placeInFolder(`${systemPath(label)}/kernel`, kernelAssets) };
}

export type Uboot16Input = RunVariables & { gadgetRoot: GadgetRoot; kernelAssets: readonly TreeEntry[] };

/** `boot/uboot` of UC16/18, from the image's root: the gadget's own environment with snapd's variables in it, and the kernel's assets under its file's name. Throws as above. */
export function bootWithUboot16({ gadgetRoot, kernelAssets, ...variables }: Uboot16Input): TreeEntry[] {
  return [textFile('boot/uboot/uboot.env', ubootEnv16(gadgetRoot, runVariables(variables))), ...placeInFolder(`boot/uboot/${variables.kernelFile}`, kernelAssets)];
}

/** UC16/18 with a `system-boot-state` partition. Throws as above. */
export function bootWithUbootPart16({ gadgetRoot, kernelAssets, ...variables }: Uboot16Input): UbootPart {
  assertPartSize(gadgetRoot);
  return { bootState: writeRedundantEnv(runVariables(variables)), tree: placeInFolder(`boot/uboot/${variables.kernelFile}`, kernelAssets) };
}

function ubootEnv16(gadgetRoot: GadgetRoot, variables: [string, string][]): Uint8Array {
  const given = gadgetRoot.get('uboot.conf') ?? new Uint8Array(0);
  if (given.length === 0) return writeUbootEnv(variables, { sizeBytes: UBOOT_ENV_BYTES, headerFlagByte: usesFlagByte(gadgetRoot.get('uboot.env')) });
  const env = readUbootEnv(given);
  if (!env) return fail("The gadget's uboot.conf is no U-Boot environment: its checksum does not fit, or a variable is not text.");
  // Where nothing changes nothing is written, and the gadget's copy stays as it is.
  if (variables.every(([name, value]) => (env.variables.get(name) ?? '') === value)) return given;
  return writeUbootEnv([...env.variables, ...variables], { sizeBytes: env.sizeBytes, headerFlagByte: env.headerFlagByte });
}

/** Built with two environments U-Boot keeps a flag byte; a gadget whose own does not ships an example without. */
const usesFlagByte = (example: Uint8Array | undefined): boolean => (example && readUbootEnv(example)?.headerFlagByte) ?? true;

function assertPartSize(gadgetRoot: GadgetRoot): void {
  const example = gadgetRoot.get('ubootpart.sel');
  const sizeBytes = example && readUbootEnv(example)?.sizeBytes;
  if (sizeBytes !== undefined && sizeBytes !== REDUNDANT_ENV_BYTES) fail(`The gadget's ubootpart.sel shows an environment of ${sizeBytes} bytes; images are made with ${REDUNDANT_ENV_BYTES}.`);
}

function fail(message: string): never {
  throw new AppError<BootErrorCode>('boot-config-invalid', message);
}
