import { describe, expect, it } from 'vitest';
import type { Bootloader, Role } from '../../gadget/gadget';
import { chooseBootLoader } from './choose';

type Volumes = Parameters<typeof chooseBootLoader>[0]['gadget'];
/** Of a gadget only what the choice looks at. */
const gadget = (bootloader: Bootloader | undefined, ...roles: Role[]) => ({ volumes: [{ name: 'data', structures: [] }, { name: 'disk', bootloader, structures: roles.map((role) => ({ role })) }] }) as unknown as Volumes;
const choose = (of: Volumes, rootFiles: string[], hasModes = true) => {
  try {
    return chooseBootLoader({ gadget: of, rootFiles, hasModes });
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('the boot loader of a gadget', () => {
  it.each<[string, Bootloader, Role[], string[]]>([
    ['grub', 'grub', [], ['meta', 'grub.conf', 'grub.cfg']],
    ['uboot', 'u-boot', [], ['uboot.conf', 'boot.sel']],
    ['ubootpart', 'u-boot', ['system-boot-state'], []],
    ['ubootpart', 'u-boot', ['system-boot-state'], ['uboot.conf']],
    ['piboot', 'piboot', [], ['piboot.conf']],
  ])('is %s with bootloader: %s, roles %j and files %j', (loader, word, roles, files) => expect(choose(gadget(word, ...roles), files)).toBe(loader));

  it.each<[string, Bootloader | undefined, Role[], string[]]>([
    ['gadget-bootloader-invalid', undefined, [], ['grub.conf']],
    ['gadget-bootloader-invalid', 'grub', [], []],
    ['gadget-bootloader-invalid', 'grub', [], ['uboot.conf']],
    ['gadget-bootloader-invalid', 'grub', ['system-boot-state'], ['uboot.conf']],
    ['gadget-bootloader-invalid', 'grub', [], ['grub.conf', 'lk.conf']],
    ['gadget-bootloader-invalid', 'u-boot', ['system-boot-state'], ['grub.conf']],
    ['gadget-not-supported', 'lk', [], ['lk.conf']],
    ['gadget-not-supported', 'android-boot', [], ['androidboot.conf']],
  ])('is refused as %s with bootloader: %s, roles %j and files %j', (code, word, roles, files) => expect(choose(gadget(word, ...roles), files)).toBe(code));

  it('is not piboot before UC20', () => {
    expect(choose(gadget('piboot'), ['piboot.conf'], false)).toBe('gadget-not-supported');
    expect(choose(gadget('u-boot'), ['uboot.conf'], false)).toBe('uboot');
  });
});
