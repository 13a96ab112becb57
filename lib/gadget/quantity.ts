import type { YamlValue } from '../snap/yaml-value';
import { refuse, type GadgetErrorCode } from './gadget';
import { readOwnText } from './read-yaml';

export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
/** Largest volume that is made, and so the largest number in a gadget. */
export const MAX_VOLUME_BYTES = 64 * GIB;

const FACTOR = { '': 1n, M: 1n << 20n, G: 1n << 30n } as const;

/** Beyond, JavaScript counts in steps; no disk is larger. */
const MAX_NUMBER = 2n ** 53n - 1n;

/**
 * Digits with an optional `M` (2^20) or `G` (2^30) behind them, in 64 bits that go round as Go's do (snapd
 * gadget/quantity/size.go, parseSizeOrOffset): 17592186044417M is one megabyte.
 */
export function parseQuantity(text: string, code: GadgetErrorCode, where: string): number {
  const [, digits, unit] = /^(-?[0-9]+)([MG]?)$/.exec(text) ?? [];
  const number = digits !== undefined && digits.replace(/^-?0*/, '').length < 20 ? BigInt(digits) : undefined;
  if (number === undefined || BigInt.asIntN(64, number) !== number)
    return refuse(
      code,
      where,
      `"${text.slice(0, 40)}" is not a size; write digits, with M or G behind them.`,
    );
  const bytes = BigInt.asIntN(64, number * FACTOR[unit as keyof typeof FACTOR]);
  if (bytes < 0n) refuse(code, where, `"${text.slice(0, 40)}" is a negative number of bytes in 64 bits.`);
  if (bytes > MAX_NUMBER) refuse(code, where, `"${text.slice(0, 40)}" is more than any disk holds.`);
  return Number(bytes);
}

/** Undefined where nothing stands; an empty text is no size. */
export function readQuantity(
  value: YamlValue | undefined,
  code: GadgetErrorCode,
  where: string,
): number | undefined {
  const text = readOwnText(value, where);
  return text === undefined ? undefined : parseQuantity(text, code, where);
}
