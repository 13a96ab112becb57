import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes';
import { crc32 } from '../crc32';
import { decodeGuid, encodeGuid, writeGpt, type GptInput } from './gpt';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const hex32 = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true).toString(16).padStart(8, '0');

const PC: GptInput = {
  sectorBytes: 512,
  sectors: 6_160_451,
  diskGuid: '11111111-2222-4333-8444-555555555555',
  partitions: [
    { typeGuid: '21686148-6449-6E6F-744E-656564454649', guid: 'AAAAAAAA-2222-4333-8444-555555555555', firstLba: 2048, lastLba: 4095, name: 'BIOS Boot' },
    { typeGuid: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', guid: 'BBBBBBBB-2222-4333-8444-555555555555', firstLba: 4096, lastLba: 2_461_695, name: 'ubuntu-seed' },
  ],
};

describe('the partition table', () => {
  it('is byte for byte the one sfdisk writes for the reference PC image', () => {
    const { head, tail } = writeGpt(PC);
    expect(toHex(head.subarray(1024, 1072))).toBe('4861682149646f6e744e656564454649' + 'aaaaaaaa222233438444555555555555' + '0008000000000000' + 'ff0f000000000000');
    expect(hex32(head, 512 + 88)).toBe('f5ab8beb');
    expect(hex32(head, 512 + 16)).toBe('349ef4e5');
    expect(hex32(tail, 32 * 512 + 16)).toBe('2d2dcedb');
    expect(head.length).toBe(34 * 512);
    expect(sha256(head)).toBe('1c452edc4c315a94cca0f1cdc493a88a3f5e5135d9ac6e590e5751970cb00094');
    expect(tail.length).toBe(33 * 512);
    expect(sha256(tail)).toBe('c91fa2d780f184505e45f651294a363fe1db94a0fd0862fffb964d91ff41c666');
  });

  it('keeps the backup entries before the backup header with sectors of 4096 too', () => {
    const { head, tail } = writeGpt({ sectorBytes: 4096, sectors: 1000, diskGuid: PC.diskGuid, partitions: [{ ...PC.partitions[0]!, firstLba: 6, lastLba: 994 }] });
    expect(head.length).toBe(6 * 4096);
    expect(tail.length).toBe(5 * 4096);
    const backup = new DataView(tail.buffer, 4 * 4096);
    expect(Number(backup.getBigUint64(24, true))).toBe(999);
    expect(Number(backup.getBigUint64(32, true))).toBe(1);
    expect(Number(backup.getBigUint64(72, true))).toBe(995);
  });

  it('caps the protective partition of a disk beyond 2 TiB', () => expect(hex32(writeGpt({ ...PC, sectors: 2 ** 33 }).head, 458)).toBe('ffffffff'));

  it.each([
    ['in the table', { firstLba: 33 }],
    ['in the backup', { lastLba: 6_160_418 }],
    ['backwards', { lastLba: 2047 }],
    ['with a name of 37 units', { name: 'x'.repeat(37) }],
    ['with a type that is no GUID', { typeGuid: 'C12A7328' }],
  ])('refuses a partition %s', (_, change) => expect(() => writeGpt({ ...PC, partitions: [{ ...PC.partitions[0]!, ...change }] })).toThrow(RangeError));

  it('reads back the GUIDs it writes', () => expect(decodeGuid(encodeGuid(PC.diskGuid))).toBe(PC.diskGuid));

  it('counts CRC-32 as everybody does', () => expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926));
});
