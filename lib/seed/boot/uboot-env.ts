import { compareBytes, concat, fromUtf8, utf8 } from '../../bytes';
import { crc32 } from '../../crc32';
import { AppError } from '../../errors';

/** Bytes in front of the variables: the CRC-32 of what follows, and where U-Boot keeps two copies one byte that tells them apart. */
const headBytes = (headerFlagByte: boolean): number => (headerFlagByte ? 5 : 4);

/** A file that snapd makes itself (snapd bootloader/uboot.go, bootloader/piboot.go). */
export const UBOOT_ENV_BYTES = 4096;
/** Each of the two copies of a `system-boot-state` partition (snapd bootloader/ubootenv/env.go, DefaultRedundantEnvSize). */
export const REDUNDANT_ENV_BYTES = 8192;

export type UbootEnvShape = { /** Of the whole environment, its head included. */ sizeBytes: number; headerFlagByte: boolean; /** What stands in the head's flag byte; 0 when left out. */ flag?: number };
export type UbootEnv = Required<UbootEnvShape> & { variables: Map<string, string> };

const NUL = 0;
const PADDING = 0xff;

/**
 * A U-Boot environment, byte for byte as snapd's (snapd bootloader/ubootenv/env.go): sorted by name, and a variable with an empty value is left out.
 * Throws RangeError for a variable that cannot stand in one, AppError `uboot-env-too-big`.
 */
export function writeUbootEnv(variables: Iterable<readonly [name: string, value: string]>, { sizeBytes, headerFlagByte, flag = 0 }: UbootEnvShape): Uint8Array {
  const kept = [...new Map(variables)].filter(([, value]) => value !== '').sort(([a], [b]) => compareBytes(a, b));
  for (const [name, value] of kept) if (!/^[^=\0]+$/.test(name) || value.includes('\0')) throw new RangeError(`no variable for a U-Boot environment: ${name}`);
  const text = utf8(kept.map(([name, value]) => `${name}=${value}\0`).join('') || '\0');
  const head = headBytes(headerFlagByte);
  const used = head + text.length + 1;
  if (used > sizeBytes) throw new AppError('uboot-env-too-big', `The boot loader's variables take ${used} bytes, and ${sizeBytes} are there.`, { details: { usedBytes: used, sizeBytes } });
  const payload = concat(text, Uint8Array.of(NUL), new Uint8Array(sizeBytes - used).fill(PADDING));
  const bytes = new Uint8Array(sizeBytes);
  new DataView(bytes.buffer).setUint32(0, crc32(payload), true);
  if (headerFlagByte) bytes[4] = flag;
  bytes.set(payload, head);
  return bytes;
}

/** Reads an environment with or without the flag byte, whichever its checksum says; what is no `name=value` is passed over. undefined when it is none. */
export function readUbootEnv(bytes: Uint8Array): UbootEnv | undefined {
  return readShaped(bytes, true) ?? readShaped(bytes, false);
}

function readShaped(bytes: Uint8Array, headerFlagByte: boolean): UbootEnv | undefined {
  if (bytes.length < 6) return undefined;
  const payload = bytes.subarray(headBytes(headerFlagByte));
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) !== crc32(payload)) return undefined;
  const variables = parseVariables(payload);
  return variables && { sizeBytes: bytes.length, headerFlagByte, flag: headerFlagByte ? bytes[4]! : 0, variables };
}

function parseVariables(payload: Uint8Array): Map<string, string> | undefined {
  const end = payload.findIndex((byte, i) => byte === NUL && payload[i + 1] === NUL);
  const variables = new Map<string, string>();
  for (const line of splitAtNul(end < 0 ? payload : payload.subarray(0, end))) {
    const text = line[0] === PADDING ? '' : fromUtf8(line);
    // snapd carries any bytes; ours are text, and a gadget that has others is told so rather than changed.
    if (text === undefined) return undefined;
    const equals = text.indexOf('=');
    if (equals > 0) variables.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return variables;
}

function splitAtNul(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0, end = 0; start <= bytes.length; start = end + 1) {
    end = bytes.indexOf(NUL, start);
    if (end < 0) end = bytes.length;
    lines.push(bytes.subarray(start, end));
  }
  return lines;
}

/**
 * Content of a `system-boot-state` partition: two copies, of which the one with the higher flag holds (modulo 256, snapd bootloader/ubootenv/env.go).
 * They stand as after snapd's three writes: the empty one twice, then the variables over the older. Throws as `writeUbootEnv` does.
 */
export function writeRedundantEnv(variables: Iterable<readonly [name: string, value: string]>): Uint8Array {
  const shape = { sizeBytes: REDUNDANT_ENV_BYTES, headerFlagByte: true };
  const kept = [...new Map(variables)].filter(([, value]) => value !== '');
  // With nothing to say there is no third write.
  return concat(writeUbootEnv([], { ...shape, flag: 2 }), writeUbootEnv(kept, { ...shape, flag: kept.length > 0 ? 3 : 1 }));
}

/** The copy that holds, of two. undefined when neither is an environment. */
export function readRedundantEnv(bytes: Uint8Array): UbootEnv | undefined {
  if (bytes.length < 2 * REDUNDANT_ENV_BYTES) return undefined;
  const [first, second] = [0, 1].map((i) => readShaped(bytes.subarray(i * REDUNDANT_ENV_BYTES, (i + 1) * REDUNDANT_ENV_BYTES), true));
  if (!first || !second) return first ?? second;
  return ((first.flag - second.flag) << 24) >= 0 ? first : second;
}
