import { describe, expect, it } from 'vitest';
import { SerialLog } from './serial-log';

const after = (...chunks: string[]) => {
  const log = new SerialLog();
  for (const chunk of chunks) log.add(Buffer.from(chunk));
  return log;
};

describe('the log of a serial console', () => {
  it('finds the verdict in pieces, with control sequences and carriage returns around it', () => {
    const log = after('\x1b[2J\x1b[01;01HBooting\r\n', 'IMPRINT-BO', 'OT OK 5 sn', 'aps\r\nPowering off');
    expect(log.marker()).toBe('IMPRINT-BOOT OK 5 snaps');
    expect(log.text()).toBe('Booting\nIMPRINT-BOOT OK 5 snaps\nPowering off');
  });

  it('waits for the end of the line', () => expect(after('IMPRINT-BOOT BAD core24_1.snap has').marker()).toBeUndefined());

  it('takes no text inside a line for the verdict', () => {
    expect(after('echo IMPRINT-BOOT OK 5 snaps\n').marker()).toBeUndefined();
    expect(after('IMPRINT-BOOT MAYBE\n').marker()).toBeUndefined();
  });

  it('knows when the firmware has given the disk up', () => {
    expect(after('BdsDxe: starting Boot0002 "EFI Internal Shell" from Fv(7CB8)\n').foundNothing()).toBe(true);
    expect(after('BdsDxe: No bootable option or device was found.\n').foundNothing()).toBe(true);
    expect(after('BdsDxe: starting Boot0001 "UEFI Misc Device" from PciRoot(0x0)\n').foundNothing()).toBe(false);
  });

  it('keeps the end of what is said without end', () => {
    const log = after(...Array.from({ length: 40 }, () => `${'x'.repeat(65_536)}\n`), 'last\n');
    expect(log.text().length).toBeLessThanOrEqual(1024 * 1024);
    expect(log.tail(1)).toBe('last');
  });
});
