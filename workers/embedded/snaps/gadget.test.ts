import { describe, expect, it } from 'vitest';
import { layOut } from '@/lib/gadget/layout';
import { parseGadget } from '@/lib/gadget/parse';
import { bootRecord } from './boot-record';
import { gadgetYaml } from './gadget';

const MIB = 2 ** 20;

describe.each(['22', '24'] as const)('the demo gadget of track %s', (track) => {
  const [volume] = [...parseGadget(gadgetYaml(track)).volumes.values()];
  const layout = layOut(volume!);

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
    const targets = layout.structures.flatMap((s) => s.content).flatMap((c) => (c.kind === 'files' ? [c.target] : []));
    expect(targets).toEqual(expect.arrayContaining(['EFI/boot/bootx64.efi', 'EFI/boot/grubx64.efi']));
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
