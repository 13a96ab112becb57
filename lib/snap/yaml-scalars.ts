/** What Go's YAML (yaml.v2) makes of a scalar without quotes. `text` is what Go prints of its value; a time stays the text it was where nothing asks for a time. */
export type YamlScalar = { kind: 'text' | 'boolean' | 'integer' | 'float' | 'timestamp'; text: string } | { kind: 'null' | 'big-integer' };

const TRUE = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
const FALSE = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];
const NULL = ['', '~', 'null', 'Null', 'NULL'];
const NOT_NUMBERS = new Map([...['.nan', '.NaN', '.NAN'].map((word) => [word, 'NaN'] as const), ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, '+Inf'] as const), ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, '-Inf'] as const)]);

/** Reads a scalar without quotes as YAML 1.1 in the way of Go's yaml.v2 (resolve.go): `yes` is a boolean, `010` is eight, `1_000` a thousand, `1:30` a text. */
export function resolveScalar(text: string): YamlScalar {
  if (TRUE.includes(text)) return { kind: 'boolean', text: 'true' };
  if (FALSE.includes(text)) return { kind: 'boolean', text: 'false' };
  if (NULL.includes(text)) return { kind: 'null' };
  const word = NOT_NUMBERS.get(text);
  if (word !== undefined) return { kind: 'float', text: word };
  if (/^\.\d/.test(text)) return readFloat(text) ?? { kind: 'text', text };
  if (!/^[-+\d]/.test(text)) return { kind: 'text', text };
  if (isTimestamp(text)) return { kind: 'timestamp', text };
  const digits = text.replaceAll('_', '');
  return readInteger(digits) ?? readFloat(digits) ?? readOddBinary(digits) ?? { kind: 'text', text };
}

const I64 = 2n ** 63n;
const U64 = 2n ** 64n;

function readInteger(text: string): YamlScalar | undefined {
  const parts = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9]\d*))$/.exec(text);
  if (!parts) return undefined;
  const [, sign, hexadecimal, octal, binary, bareOctal, decimal] = parts;
  const magnitude = BigInt(hexadecimal ? `0x${hexadecimal}` : (octal ?? bareOctal) ? `0o${octal ?? bareOctal}` : binary ? `0b${binary}` : decimal!);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value >= -I64 && value < I64) return { kind: 'integer', text: String(value) };
  // Beyond int64 there is uint64, which takes no sign.
  return sign === '' && value < U64 ? { kind: 'big-integer' } : undefined;
}

function readFloat(text: string): YamlScalar | undefined {
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? { kind: 'float', text: goFloat(value) } : undefined;
}

/** After `0b` Go parses once more, and takes a sign there. */
function readOddBinary(text: string): YamlScalar | undefined {
  const parts = /^0b([-+])([01]+)$/.exec(text);
  if (!parts) return undefined;
  const value = BigInt(`0b${parts[2]}`) * (parts[1] === '-' ? -1n : 1n);
  return value >= -I64 && value < I64 ? { kind: 'integer', text: String(value) } : undefined;
}

/** Go's `%v`: the shortest digits that read back the same, with an exponent of two digits or more below 1e-4 and from 1e6 on. */
function goFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/;

function isTimestamp(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts) return false;
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map((part) => (part === undefined ? undefined : Number(part))) as [number, number, number, number?, number?, number?];
  const zoned = parts[7] !== undefined;
  if (parts[4] !== undefined && zoned !== /[Tt]/.test(text)) return false;
  const days = month >= 1 && month <= 12 ? [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]! : 0;
  return day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60 && isZone(parts[7]);
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const isZone = (zone: string | undefined): boolean => zone === undefined || zone === 'Z' || (Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4)) <= 60);
