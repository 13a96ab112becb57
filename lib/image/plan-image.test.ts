import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toHex } from '../bytes';
import { layOut } from '../gadget/layout';
import { parseGadget } from '../gadget/parse';
import { checkPlan } from './check-plan';
import { planFat } from './fat-geometry';
import { decodeGuid } from './gpt';
import { deriveGuid, deriveSerial } from './identifiers';
import { planImage, type PlanInput } from './plan-image';
import { segmentLength, type Segment } from './plan';
import { sliceSegments } from './segments';
import { plain } from './testing';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const identifiers = { root: sha256(new Uint8Array([7])), sha256 };
const fixture = (name: string) => readFileSync(new URL(`../gadget/fixtures/${name}.yaml`, import.meta.url), 'utf8');
const layoutOf = (yaml: string) => layOut(parseGadget(yaml).volumes[0]!);
const plan = (yaml: string, more: Partial<PlanInput> = {}) => planImage({ layout: more.layout ?? layoutOf(yaml), trees: new Map(), images: new Map(), identifiers, epoch: 1_704_067_200, ...more });
const at = (segments: Segment[], start: number, length: number) => plain(sliceSegments(segments, start, start + length));
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};
const MIB = 2 ** 20;

describe('the plan of an image', () => {
  it.each([
    ['pc-24-amd64', 3_154_150_912, 6_160_451, [[1, 2048, 4095], [2, 4096, 2_461_695]]],
    ['pc-20-amd64', 3_137_373_696, 6_127_683, [[1, 2048, 4095], [2, 4096, 2_461_695]]],
    ['pc-24-arm64', 3_153_102_336, 6_158_403, [[1, 2048, 2_459_647]]],
  ] as const)('of %s has %i bytes and its partitions', (name, sizeBytes, sectors, partitions) => {
    const made = plan(fixture(name));
    expect(made.sizeBytes).toBe(sizeBytes);
    expect(sizeBytes / 512).toBe(sectors);
    expect(made.segments.reduce((sum, s) => sum + segmentLength(s), 0)).toBe(sizeBytes);
    expect(checkPlan(made, new Map())).toEqual([]);
    expect(made.partitions.map((p) => [p.number, p.startBytes / 512, (p.startBytes + p.sizeBytes) / 512 - 1])).toEqual(partitions);
  });

  it('keeps room for what the device makes, and writes nothing there', () => {
    const { segments, sizeBytes } = plan(fixture('pc-24-amd64'));
    const free = (length: number) => [{ kind: 'zeros', length, isFree: true }];
    expect(sliceSegments(segments, 1202 * MIB, 3008 * MIB)).toEqual(free(1806 * MIB));
    expect(sliceSegments(segments, 3008 * MIB, sizeBytes - 33 * 512)).toEqual(free(34 * 512));
  });

  it('has zeros that mean something in raw structures and before and between the others', () => {
    const { segments } = plan(fixture('pc-20-amd64'));
    const between = sliceSegments(segments, 34 * 512, 2 * MIB);
    expect(between.every((s) => s.kind !== 'zeros' || !s.isFree)).toBe(true);
  });

  it('puts boot code before the table, and tells it where its core lies', () => {
    const code = new Uint8Array(440).fill(0x90);
    const core = new Uint8Array(30_000).fill(0xcc);
    const { segments } = plan(fixture('pc-20-amd64'), { images: new Map([[0, [{ offsetBytes: 0, content: { kind: 'bytes', bytes: code } }]], [1, [{ offsetBytes: 0, content: { kind: 'bytes', bytes: core } }]]]) });
    const sector = at(segments, 0, 512);
    expect(toHex(sector.subarray(92, 96))).toBe('00080000');
    expect([sector[91], sector[96], sector[439], sector[440]]).toEqual([0x90, 0x90, 0x90, 0]);
    expect(toHex(sector.subarray(446, 466))).toBe('00000200eeffffff0100000042805d0000000000');
    expect(toHex(sector.subarray(510))).toBe('55aa');
    expect(Buffer.compare(at(segments, MIB, 30_000), core)).toBe(0);
    expect(sliceSegments(segments, MIB + 30_000, 2 * MIB)).toEqual([{ kind: 'zeros', length: MIB - 30_000 }]);
  });

  it('puts raw bytes where the gadget says, however many they are', () => {
    const yaml = `volumes:
  board:
    schema: mbr
    bootloader: u-boot
    structure:
      - {name: code, type: bare, offset: 100, size: 40}
      - {name: sum, type: bare, offset: 1024, size: 9}
      - {name: spl, type: bare, offset: 1601, size: 167932, offset-write: 600}
      - {name: seed, type: 83, offset: 1M, size: 1M}
`;
    const raw = (byte: number, length: number) => [{ offsetBytes: 0, content: { kind: 'bytes' as const, bytes: new Uint8Array(length).fill(byte) } }];
    const images = new Map([[0, raw(1, 40)], [1, raw(2, 9)], [2, raw(3, 1000)]]);
    for (const sectorBytes of [512, 4096] as const) {
      const { segments, sizeBytes, partitions } = plan(yaml, { images, sectorBytes });
      expect([sizeBytes, partitions.map(({ name }) => name)]).toEqual([2 * MIB + sectorBytes, ['seed']]);
      const bytes = at(segments, 0, 4096);
      const wanted = new Uint8Array(4096);
      wanted.fill(1, 100, 140).fill(2, 1024, 1033).fill(3, 1601, 2601);
      new DataView(wanted.buffer).setUint32(600, Math.floor(1601 / sectorBytes), true);
      wanted.set(bytes.subarray(440, 512), 440);
      expect(bytes).toEqual(wanted);
    }
  });

  it.each([
    ['', undefined],
    ['   ', undefined],
    ['NO NAME', undefined],
    ['NO NAME    ', undefined],
    ['my_data ', 'my_data'],
    ['no name', 'no name'],
  ])('labels a FAT as mkfs.fat does: %j', (label, name) => {
    const yaml = fixture('pc-24-arm64').replace('filesystem: vfat', `filesystem: vfat\n        filesystem-label: "${label}"`).replace('role: system-seed', 'role: bootimg');
    const { segments } = plan(yaml);
    const padded = (name ?? 'NO NAME').padEnd(11);
    expect(fromUtf8(at(segments, MIB + 71, 11))).toBe(padded);
    const { dataSector } = planFat(1200 * MIB);
    expect(fromUtf8(at(segments, MIB + dataSector * 512, 12))).toBe(name === undefined ? '\0'.repeat(12) : `${padded}\x08`);
  });

  it('has room for an offset that is written behind all else', () => {
    const yaml = fixture('pc-20-amd64').replace('offset-write: mbr+92', 'offset-write: 2500M');
    const { segments, sizeBytes } = plan(yaml, { profile: 'flash' });
    expect([sizeBytes, toHex(at(segments, 2500 * MIB, 4))]).toEqual([2500 * MIB + 512 + 67 * 512, '00080000']);
    expect(fromUtf8(at(segments, sizeBytes - 512, 8))).toBe('EFI PART');
  });

  it('takes the GUID of a hybrid type, and ids that the gadget gives', () => {
    const id = '01234567-89AB-4DEF-8123-456789ABCDEF';
    const yaml = fixture('pc-24-arm64').replace('schema: gpt', `schema: gpt\n    id: ${id.toLowerCase()}`).replace('name: ubuntu-seed', `name: ubuntu-seed\n        id: ${id}`);
    const { segments, partitions } = plan(yaml);
    expect(decodeGuid(at(segments, 512 + 56, 16))).toBe(id);
    expect(decodeGuid(at(segments, 1024, 16))).toBe('C12A7328-F81F-11D2-BA4B-00A0C93EC93B');
    expect(partitions[0]!.guid).toBe(id);
  });

  it('is the same for the same lock and another for another', () => {
    const first = plan(fixture('pc-24-amd64'));
    expect(plan(fixture('pc-24-amd64'))).toEqual(first);
    const other = plan(fixture('pc-24-amd64'), { identifiers: { root: sha256(new Uint8Array([8])), sha256 } });
    expect(other.partitions.map((p) => p.guid)).not.toEqual(first.partitions.map((p) => p.guid));
    expect(at(other.segments, 2 * MIB + 67, 4)).not.toEqual(at(first.segments, 2 * MIB + 67, 4));
  });

  it('can have sectors of 4096 bytes', () => {
    const layout = layOut(parseGadget(fixture('pc-24-arm64')).volumes[0]!);
    const { sizeBytes, segments } = plan('', { layout, sectorBytes: 4096 });
    expect(sizeBytes).toBe(3007 * MIB + 11 * 4096);
    expect(new TextDecoder().decode(at(segments, 4096, 8))).toBe('EFI PART');
    expect(new DataView(at(segments, MIB + 11, 2).buffer).getUint16(0, true)).toBe(4096);
  });

  it('of a Raspberry Pi has an MBR with its seed, and the size that snapd wants', () => {
    const image = plan(fixture('pi-24-arm64'));
    expect(image.sizeBytes).toBe(3_652_190_720);
    expect(image.partitions).toEqual([{ number: 1, name: 'ubuntu-seed', role: 'system-seed', startBytes: MIB, sizeBytes: 1200 * MIB, guid: '' }]);
    const [head] = image.segments;
    expect(head).toMatchObject({ kind: 'bytes' });
    const bytes = (head as { bytes: Uint8Array }).bytes;
    expect([...bytes.subarray(446, 462)]).toEqual([0, 0, 0, 0, 0x0c, 0, 0, 0, 0, 8, 0, 0, 0, 0x80, 0x25, 0]);
    expect([bytes.length, bytes[510], bytes[511]]).toEqual([512, 0x55, 0xaa]);
    expect(plan(fixture('pi-24-arm64')).segments).toEqual(image.segments);
    expect([...(plan(fixture('pi-24-arm64').replace('bootloader: piboot', 'bootloader: piboot\n    id: "0xdeadbeef"')).segments[0] as { bytes: Uint8Array }).bytes.subarray(440, 444)]).toEqual([0xef, 0xbe, 0xad, 0xde]);
  });

  it('is as large as is asked for, to the byte, with the second table at its end', () => {
    const image = plan(fixture('pc-24-amd64'), { imageBytes: 8 * 2 ** 30 });
    expect(image.sizeBytes).toBe(8 * 2 ** 30);
    expect(fromUtf8(at(image.segments, 8 * 2 ** 30 - 512, 8))).toBe('EFI PART');
    expect(plan(fixture('pi-24-arm64'), { imageBytes: 4 * 2 ** 30 }).sizeBytes).toBe(4 * 2 ** 30);
    const least = plan(fixture('pc-24-amd64')).sizeBytes;
    expect(plan(fixture('pc-24-amd64'), { imageBytes: least }).segments).toEqual(plan(fixture('pc-24-amd64')).segments);
    expect(codeOf(() => plan(fixture('pc-24-amd64'), { imageBytes: least - 512 }))).toBe('image-size-too-small');
    expect(codeOf(() => plan(fixture('pc-24-amd64'), { imageBytes: 8 * 2 ** 30 + 1 }))).toBe('image-size-invalid');
  });

  it('is refused when what the gadget brings does not fit, or lies where it cannot', () => {
    const bytes = new Uint8Array(441);
    expect(codeOf(() => plan(fixture('pc-20-amd64'), { images: new Map([[0, [{ offsetBytes: 0, content: { kind: 'bytes' as const, bytes } }]]]) }))).toBe('gadget-content-invalid');
    expect(codeOf(() => plan(fixture('pc-24-amd64').replace('size: 1200M', 'size: 20M')))).toBe('fat-clusters');
    expect(codeOf(() => plan(fixture('pc-24-amd64').replace('offset: 1M', 'offset: 4096').replace('size: 1M', 'size: 512')))).toBe('gadget-offset-invalid');
    const tree = [{ path: 'a', content: { kind: 'blob' as const, sha3_384: 'a'.repeat(96), sizeBytes: 1201 * MIB } }];
    expect(codeOf(() => plan(fixture('pc-24-amd64'), { trees: new Map([[2, tree]]) }))).toBe('seed-full');
  });
});

describe('derived identifiers', () => {
  it('follow from the root and the key by SHA-256', () => {
    const root = sha256(new TextEncoder().encode('uc-image/1\0{}'));
    const digest = createHash('sha256').update(root).update('\0disk/pc').digest('hex');
    const guid = deriveGuid({ root, sha256 }, 'disk/pc').toLowerCase().replaceAll('-', '');
    expect(guid.slice(0, 12)).toBe(digest.slice(0, 12));
    expect(guid[12]).toBe('8');
    expect('89ab').toContain(guid[16]);
    expect(guid.slice(17)).toBe(digest.slice(17, 32));
    expect(deriveSerial({ root, sha256 }, 'disk/pc').toString(16).padStart(8, '0')).toBe(digest.slice(0, 8));
  });
  it('have no serial number 0', () => expect(deriveSerial({ root: new Uint8Array(32), sha256: () => new Uint8Array(32) }, 'fs/pc/2')).toBe(1));
});
