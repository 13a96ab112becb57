import type { YamlValue } from '../snap/yaml';
import { refuse, type GadgetErrorCode } from './gadget';
import { readText } from './read-yaml';

export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
/** Largest volume that is made, and so the largest number in a gadget. */
export const MAX_VOLUME_BYTES = 64 * GIB;

const FACTOR = { '': 1n, M: 1n << 20n, G: 1n << 30n } as const;

/** Beyond, JavaScript counts in steps; no disk is larger. */
const MAX_NUMBER = 2n ** 53n - 1n;

/** Digits with an optional `M` (2^20) or `G` (2^30) (snapd gadget/quantity). Go wraps on overflow; here it is refused. */
export function parseQuantity(text: string, code: GadgetErrorCode, where: string): number {
  const match = /^([0-9]{1,20})([MG]?)$/.exec(text);
  if (!match) refuse(code, where, `"${text.slice(0, 40)}" is not a size; write digits, with M or G behind them.`);
  const bytes = BigInt(match[1]!) * FACTOR[match[2] as keyof typeof FACTOR];
  if (bytes > MAX_NUMBER) refuse(code, where, `"${text}" is more than any disk holds.`);
  return Number(bytes);
}

/** Undefined when absent; an empty text in quotes is none. */
export const readQuantity = (value: YamlValue | undefined, code: GadgetErrorCode, where: string): number | undefined => (value === undefined || value === null ? undefined : parseQuantity(readText(value, where), code, where));
