const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of IEEE 802.3, as partition tables, U-Boot's environments and compressed forms want it. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const b of bytes) c = TABLE[(c ^ b) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** The same of `length` zero bytes, in steps of its logarithm: the effect of zeros on the register is linear over GF(2). */
export function crc32Zeros(length: number): number {
  let register = 0xffffffff;
  // Of one zero byte; squared for each bit of the length.
  let effect = Uint32Array.from({ length: 32 }, (_, bit) => {
    const column = (1 << bit) >>> 0;
    return (TABLE[column & 0xff]! ^ (column >>> 8)) >>> 0;
  });
  for (let left = length; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) register = apply(effect, register);
    const once = effect;
    effect = once.map((column) => apply(once, column));
  }
  return (register ^ 0xffffffff) >>> 0;
}

function apply(matrix: Uint32Array, vector: number): number {
  let sum = 0;
  for (let bit = 0; bit < 32; bit += 1) if ((vector >>> bit) & 1) sum ^= matrix[bit]!;
  return sum >>> 0;
}
