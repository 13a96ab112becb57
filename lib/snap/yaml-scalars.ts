import { fromBase64, fromUtf8 } from '../bytes';

/** A scalar, and what Go's YAML (yaml.v2 resolve.go) takes it for. */
export type YamlScalar =
  | {
      kind: 'null' | 'text' | 'timestamp' | 'merge' | 'big-integer';
      /** As it is written, quotes resolved. */ text: string;
    }
  | { kind: 'boolean' | 'integer' | 'float'; text: string; /** As Go prints it. */ value: string }
  /** A tag that the text does not fit; `text` says so. */
  | { kind: 'unreadable'; text: string };

const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];
const NULL = ['', '~', 'null', 'Null', 'NULL'];
const INFINITE = ['.inf', '.Inf', '.INF'];

const WORDS = new Map<string, YamlScalar>([
  ...TRUE.map((text) => [text, { kind: 'boolean', text, value: 'true' }] as const),
  ...FALSE.map((text) => [text, { kind: 'boolean', text, value: 'false' }] as const),
  ...NULL.map((text) => [text, { kind: 'null', text }] as const),
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, { kind: 'float', text, value: 'NaN' }] as const),
  ...[...INFINITE, ...INFINITE.map((text) => `+${text}`)].map(
    (text) => [text, { kind: 'float', text, value: '+Inf' }] as const,
  ),
  ...INFINITE.map((text) => [`-${text}`, { kind: 'float', text: `-${text}`, value: '-Inf' }] as const),
  ['<<', { kind: 'merge', text: '<<' }],
]);

/** Nothing at all. */
export const EMPTY: YamlScalar = WORDS.get('')!;

/** A scalar without quotes: `yes` is a boolean, `010` is eight, `1_000` a thousand, `1:30` a text. */
export function resolvePlain(text: string): YamlScalar {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (/^\.\d/.test(text)) return readFloat(text, text) ?? { kind: 'text', text };
  if (!/^[-+\d]/.test(text)) return { kind: 'text', text };
  if (isTimestamp(text)) return { kind: 'timestamp', text };
  const digits = text.replaceAll('_', '');
  return (
    readInteger(text, digits) ??
    readFloat(text, digits) ??
    readOddBinary(text, digits) ?? { kind: 'text', text }
  );
}

const KINDS: Partial<Record<string, readonly YamlScalar['kind'][]>> = {
  null: ['null'],
  bool: ['boolean'],
  int: ['integer', 'big-integer'],
  float: ['float'],
  timestamp: ['timestamp'],
};

/** A scalar with an explicit tag, with quotes or without; a tag that Go does not know makes it a text. */
export function resolveTagged(text: string, tag: string): YamlScalar {
  const name = tag.startsWith('tag:yaml.org,2002:') ? tag.slice('tag:yaml.org,2002:'.length) : '';
  if (name === 'binary') return readBinary(text);
  const kinds = KINDS[name];
  if (kinds === undefined)
    return { kind: text === '<<' && (name === 'merge' || tag === '!') ? 'merge' : 'text', text };
  const scalar = resolvePlain(text);
  if (kinds.includes(scalar.kind)) return scalar;
  if (name === 'float' && scalar.kind === 'integer')
    return { kind: 'float', text, value: goFloat(Number(scalar.value)) };
  return { kind: 'unreadable', text: `${JSON.stringify(text.slice(0, 40))} is no !!${name}` };
}

function readBinary(text: string): YamlScalar {
  const bytes = fromBase64(text.replaceAll(/[\r\n]/g, ''));
  const decoded = bytes && fromUtf8(bytes);
  return decoded === undefined
    ? { kind: 'unreadable', text: 'a !!binary is no base64 of a text in UTF-8' }
    : { kind: 'text', text: decoded };
}

const I64 = 2n ** 63n;
const U64 = 2n ** 64n;
/** More are too many for 64 bits, whatever the base. */
const MAX_DIGITS = 100;

function readInteger(text: string, written: string): YamlScalar | undefined {
  const parts =
    /^([-+]?)(?:0[xX]0*([\da-fA-F]+)|0[oO]0*([0-7]+)|0[bB]0*([01]+)|0+([0-7]+)|(0|[1-9]\d*))$/.exec(written);
  if (!parts) return undefined;
  const [, sign, hexadecimal, octal, binary, bareOctal, decimal] = parts;
  if (parts.slice(2).some((digits) => digits !== undefined && digits.length > MAX_DIGITS)) return undefined;
  const magnitude = BigInt(
    hexadecimal
      ? `0x${hexadecimal}`
      : (octal ?? bareOctal)
        ? `0o${octal ?? bareOctal}`
        : binary
          ? `0b${binary}`
          : decimal!,
  );
  const value = sign === '-' ? -magnitude : magnitude;
  if (value >= -I64 && value < I64) return { kind: 'integer', text, value: String(value) };
  // Beyond int64 there is uint64, which takes no sign.
  return sign === '' && value < U64 ? { kind: 'big-integer', text } : undefined;
}

function readFloat(text: string, written: string): YamlScalar | undefined {
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(written)) return undefined;
  const value = Number(written);
  return Number.isFinite(value) ? { kind: 'float', text, value: goFloat(value) } : undefined;
}

/** After `0b` Go parses once more, and takes a sign there. */
function readOddBinary(text: string, written: string): YamlScalar | undefined {
  const parts = /^0b([-+])0*([01]{1,64})$/.exec(written);
  if (!parts) return undefined;
  const value = BigInt(`0b${parts[2]}`) * (parts[1] === '-' ? -1n : 1n);
  return value >= -I64 && value < I64 ? { kind: 'integer', text, value: String(value) } : undefined;
}

/**
 * Go's `%v`: the shortest digits that read back the same, with an exponent of two digits or more below 1e-4
 * and from 1e6 on.
 */
function goFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/;

function isTimestamp(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts) return false;
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part))) as [
    number,
    number,
    number,
    number?,
    number?,
    number?,
  ];
  const zoned = parts[7] !== undefined;
  if (parts[4] !== undefined && zoned !== /[Tt]/.test(text)) return false;
  const days =
    month >= 1 && month <= 12
      ? [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
      : 0;
  return day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60 && isZone(parts[7]);
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const isZone = (zone: string | undefined): boolean =>
  zone === undefined || zone === 'Z' || (Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4)) <= 60);
