import { describe, expect, it } from 'vitest';
import { layOut } from '@/lib/gadget/layout';
import { parseGadget } from '@/lib/gadget/parse';
import { bootRecord } from './boot-record';
import { gadgetYaml } from './gadget';

const MIB = 2 ** 20;

const layoutOf = (...of: Parameters<typeof gadgetYaml>) => layOut([...parseGadget(gadgetYaml(...of)).volumes.values()][0]!);
const targetsOf = ({ structures }: ReturnType<typeof layOut>) => structures.flatMap((s) => s.content).flatMap((c) => (c.kind === 'files' ? [c.target] : []));

describe.each(['22', '24'] as const)('the demo gadget of track %s', (track) => {
  const layout = layoutOf(track, 'amd64');

  it('has the places and sizes of the reference gadget', () => {
    expect(layout.structures.map((s) => [s.name, s.role, s.offsetBytes / MIB, s.sizeBytes / MIB])).toEqual([
      ['mbr', 'mbr', 0, 440 / MIB],
      ['BIOS Boot', undefined, 1, 1],
      ['ubuntu-seed', 'system-seed', 2, 1200],
      ['ubuntu-boot', 'system-boot', 1202, 750],
      ['ubuntu-save', 'system-save', 1952, 32],
      ['ubuntu-data', 'system-data', 1984, 1024],
    ]);
  });

  it('puts shim where firmware looks for it, and GRUB beside it', () => {
    expect(targetsOf(layout)).toEqual(expect.arrayContaining(['EFI/boot/bootx64.efi', 'EFI/boot/grubx64.efi']));
  });

  it('begins with the seed on arm64, which starts by UEFI alone', () => {
    const arm = layoutOf(track, 'arm64');
    expect(arm.structures.map((s) => [s.role, s.offsetBytes / MIB, s.sizeBytes / MIB, s.minSizeBytes / MIB])).toEqual([
      ['system-seed', 1, 1200, 1200],
      ['system-boot', 1201, 750, 750],
      ['system-save', 1951, 32, 32],
      ['system-data', 1983, 1024, 1024],
    ]);
    expect(targetsOf(arm)).toEqual(targetsOf(layout).map((target) => target.replace('x64.efi', 'aa64.efi')));
  });
});

describe('the boot record', () => {
  const record = bootRecord();

  it('leaves the disk signature and the partitions alone', () => expect(record.length).toBe(440));

  it('prints the text that follows its code, which ends with a zero', () => {
    const at = record[5]! + record[6]! * 256 - 0x7c00;
    expect(new TextDecoder().decode(record.subarray(at, record.indexOf(0, at)))).toMatch(/^This disk starts on UEFI only\./);
  });
});
