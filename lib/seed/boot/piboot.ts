import { concat, utf8 } from '../../bytes';
import { AppError } from '../../errors';
import { systemPath } from '../plan-seed';
import { textFile, type TreeEntry } from '../tree';
import { flattenKernelAssets, type BootErrorCode } from './kernel-assets';
import { recoveryVariables } from './recovery-variables';
import { UBOOT_ENV_BYTES, writeUbootEnv } from './uboot-env';

export type PibootInput = {
  label: string;
  bootFlags: readonly string[];
  /** What the gadget puts into the seed: `config.txt` and `cmdline.txt` must be there. */
  gadgetFiles: readonly TreeEntry[];
  /** Of the kernel snap, paths from its root: see `isKernelAsset`. */
  kernelAssets: readonly TreeEntry[];
};

/**
 * What the firmware of a Raspberry Pi reads on the seed of UC20+ (snapd bootloader/piboot.go, boot/makebootable.go); `config.txt` takes the place of the
 * gadget's. Throws AppError `boot-config-invalid` when the gadget's two files are not there, `kernel-assets-invalid`, `uboot-env-too-big`.
 */
export function bootWithPiboot({ label, bootFlags, gadgetFiles, kernelAssets }: PibootInput): TreeEntry[] {
  const folder = `${systemPath(label)}/kernel`;
  const commandLine = textFile('cmdline.txt', kernelCommandLine(bytesOf(gadgetFiles, 'cmdline.txt'), label));
  return [
    textFile('piboot/ubuntu/piboot.conf', writeUbootEnv(recoveryVariables(label, bootFlags), { sizeBytes: UBOOT_ENV_BYTES, headerFlagByte: true })),
    textFile('config.txt', setOsPrefix(bytesOf(gadgetFiles, 'config.txt'), `/${folder}`)),
    ...flattenKernelAssets(kernelAssets, [commandLine]).map((entry) => ({ ...entry, path: `${folder}/${entry.path}` })),
  ];
}

function bytesOf(files: readonly TreeEntry[], path: string): Uint8Array {
  const content = files.find((file) => file.path === path)?.content;
  if (content?.kind === 'bytes') return content.bytes;
  if (content?.kind === 'unpacked') throw new AppError<BootErrorCode>('boot-config-invalid', `${path} of the gadget has ${content.sizeBytes} bytes, which is more than a Raspberry Pi's firmware can want to read.`);
  throw new AppError<BootErrorCode>('boot-config-invalid', `The gadget puts no ${path} at the root of the system-seed structure; a Raspberry Pi cannot start without it.`);
}

const LINE_FEED = 0x0a;

/** Lines as bytes, without their line feeds: the firmware's files are of no encoding in particular. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0, end = 0; start <= bytes.length; start = end + 1) {
    end = bytes.indexOf(LINE_FEED, start);
    if (end < 0) end = bytes.length;
    lines.push(bytes.subarray(start, end));
  }
  return lines;
}

const kernelCommandLine = (given: Uint8Array, label: string): Uint8Array => concat(splitLines(given)[0]!, utf8(` snapd_recovery_mode=install snapd_recovery_system=${label}\n`));

const OS_PREFIX = utf8('os_prefix=');
const setsPrefix = (line: Uint8Array): boolean => OS_PREFIX.every((byte, i) => line[i] === byte);

/** The first line that sets the folder of the kernel sets it to `folder`, further ones become comments; where none does one is added. */
function setOsPrefix(config: Uint8Array, folder: string): Uint8Array {
  const own = utf8(`os_prefix=${folder}/`);
  const lines = splitLines(config);
  const first = lines.findIndex(setsPrefix);
  const set = first < 0 ? [...lines, own, new Uint8Array(0)] : lines.map((line, i) => (i === first ? own : setsPrefix(line) ? concat(utf8('# '), line) : line));
  return concat(...set.flatMap((line, i) => (i === 0 ? [line] : [Uint8Array.of(LINE_FEED), line])));
}
