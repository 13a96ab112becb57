const POLYNOMIAL = 0xedb88320;
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? POLYNOMIAL ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of IEEE 802.3, as partition tables, U-Boot's environments and compressed forms want it. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const b of bytes) c = TABLE[(c ^ b) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** Of `length` zero bytes, in steps of its logarithm. */
export const crc32Zeros = (length: number): number => ~multiply(power(length), 0xffffffff) >>> 0;

/** Of two stretches of bytes one after the other, by the CRC-32 of each; `length` of the second in bytes. */
export const crc32Combine = (first: number, second: number, length: number): number =>
  (multiply(power(length), first) ^ second) >>> 0;

// A register is a polynomial over GF(2) modulo that of the CRC; its top bit is 1. Behind a zero byte it is
// x^8 times what it was.
const ONE = 0x80000000;

function multiply(a: number, b: number): number {
  let [product, shifted] = [0, b];
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}

/** x^(2^i); from 32 on they come round again. */
const SQUARES = [ONE >>> 1];
for (let i = 1; i < 32; i += 1) SQUARES.push(multiply(SQUARES[i - 1]!, SQUARES[i - 1]!));

/** x^8 to the power of `bytes`. */
function power(bytes: number): number {
  let result = ONE;
  for (let [left, i] = [bytes, 3]; left > 0; left = Math.floor(left / 2), i += 1) {
    if (left % 2 === 1) result = multiply(SQUARES[i % 32]!, result);
  }
  return result;
}
