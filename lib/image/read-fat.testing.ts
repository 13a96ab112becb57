import { fatTime } from './fat-directory';

/** For tests: reads a FAT32 by the rules of its specification, sharing nothing with the writer but the date; throws at whatever is not as it should be. */
export function readFat(bytes: Uint8Array, epoch: number): { files: Map<string, Uint8Array> } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sectorBytes = view.getUint16(11, true);
  const clusterBytes = bytes[13]! * sectorBytes;
  const fatStart = view.getUint16(14, true) * sectorBytes;
  const fatBytes = view.getUint32(36, true) * sectorBytes;
  const dataStart = fatStart + bytes[16]! * fatBytes;
  const { date, time } = fatTime(epoch);
  const files = new Map<string, Uint8Array>();
  const seen = new Set<number>();
  const must = (holds: boolean, what: string) => {
    if (!holds) throw new Error(what);
  };

  const chain = (first: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    for (let c = first; c < 0x0ffffff8; ) {
      must(c >= 2 && !seen.has(c), `cluster ${c} is used twice or is none`);
      seen.add(c);
      parts.push(bytes.subarray(dataStart + (c - 2) * clusterBytes, dataStart + (c - 1) * clusterBytes));
      const next = view.getUint32(fatStart + c * 4, true);
      must(next === view.getUint32(fatStart + fatBytes + c * 4, true), 'the two FATs differ');
      c = next;
    }
    return Buffer.concat(parts);
  };

  const folder = (path: string, first: number, parent: number): void => {
    const data = chain(first);
    const entry = new DataView(data.buffer, data.byteOffset, data.length);
    let long: string[] = [];
    let checksum = -1;
    for (let at = 0; at < data.length && data[at] !== 0; at += 32) {
      const attributes = data[at + 11]!;
      if (attributes === 0x0f) {
        const order = data[at]! & 0x3f;
        if (data[at]! & 0x40) long = Array<string>(order).fill('');
        long[order - 1] = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30].map((o) => String.fromCharCode(entry.getUint16(at + o, true))).join('');
        checksum = data[at + 13]!;
        continue;
      }
      const short = data.subarray(at, at + 11);
      const cluster = (entry.getUint16(at + 20, true) << 16) | entry.getUint16(at + 26, true);
      must(entry.getUint16(at + 24, true) === date && entry.getUint16(at + 22, true) === time, 'an entry has another date');
      if (attributes === 0x08) {
        must(path === '' && at === 0, 'the label is in the wrong place');
        continue;
      }
      const dots = Buffer.from(short).toString('latin1').trim();
      if (dots === '.' || dots === '..') {
        must(cluster === (dots === '.' ? first : parent), `${dots} of ${path} is wrong`);
        continue;
      }
      if (long.length > 0) must(short.reduce((sum, b) => (((sum & 1) << 7) + (sum >>> 1) + b) & 0xff, 0) === checksum, 'a checksum is wrong');
      const [base, extension] = [Buffer.from(short.subarray(0, 8)).toString('latin1').trim(), Buffer.from(short.subarray(8)).toString('latin1').trim()];
      const name = long.length > 0 ? long.join('').replace(/\0\uffff*$/, '') : extension ? `${base}.${extension}` : base;
      long = [];
      const size = entry.getUint32(at + 28, true);
      if (attributes === 0x10) folder(`${path}${name}/`, cluster, path === '' ? 0 : first);
      else files.set(`${path}${name}`, size === 0 ? new Uint8Array(0) : chain(cluster).subarray(0, size));
    }
  };
  folder('', view.getUint32(44, true), 0);
  return { files };
}
