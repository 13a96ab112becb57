import { describe, expect, it } from 'vitest';
import { utf8 } from '../../bytes';
import { readGrubEnv } from '../grub-env';
import { textFile, type TreeEntry } from '../tree';
import { bootWithGrub16 } from './grub';
import { readRedundantEnv, readUbootEnv, writeUbootEnv } from './uboot-env';
import { bootWithUboot, bootWithUboot16, bootWithUbootPart, bootWithUbootPart16, type GadgetRoot } from './uboot';

const KERNEL = ['kernel.img', 'initrd.img', 'dtbs/broadcom/a.dtb', 'modules/b.ko'].map((path): TreeEntry => textFile(path, utf8(path)));
const EMPTY = new Uint8Array(0);
const root = (files: Record<string, Uint8Array>): GadgetRoot => new Map(Object.entries(files));
const env = (variables: [string, string][], sizeBytes: number, headerFlagByte: boolean, flag = 0) => writeUbootEnv(variables, { sizeBytes, headerFlagByte, flag });
const RUN = { displayName: 'Acme Box', baseFile: 'core18_12.snap', kernelFile: 'pi-kernel_11.snap', kernelAssets: KERNEL };
const RECOVERY = { label: '20240101', bootFlags: [], kernelAssets: KERNEL };
const pathsOf = (tree: readonly TreeEntry[]) => tree.map(({ path }) => path);
const bytesOf = (tree: readonly TreeEntry[], path: string) => {
  const content = tree.find((entry) => entry.path === path)?.content;
  return content?.kind === 'bytes' ? content.bytes : EMPTY;
};
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('U-Boot on UC20+', () => {
  it('finds its variables and the kernel in the seed', () => {
    const tree = bootWithUboot({ ...RECOVERY, bootFlags: ['factory'], gadgetRoot: root({ 'uboot.conf': EMPTY }) });
    expect(pathsOf(tree)).toEqual(['uboot/ubuntu/boot.sel', 'systems/20240101/kernel/kernel.img', 'systems/20240101/kernel/initrd.img', 'systems/20240101/kernel/dtbs/broadcom/a.dtb']);
    expect(readUbootEnv(bytesOf(tree, 'uboot/ubuntu/boot.sel'))).toEqual({ sizeBytes: 4096, headerFlagByte: true, flag: 0, variables: new Map([['snapd_boot_flags', 'factory'], ['snapd_recovery_mode', 'install'], ['snapd_recovery_system', '20240101']]) });
  });

  it.each<[string, Record<string, Uint8Array>, boolean]>([
    ['without an example', {}, true],
    ['with one that has no flag byte', { 'boot.sel': env([], 64, false) }, false],
    ['with one that has', { 'boot.sel': env([], 64, true) }, true],
    ['with one that is none', { 'boot.sel': utf8('what is this') }, true],
    ['with one for UC16/18', { 'uboot.env': env([], 64, false) }, true],
  ])('keeps a flag byte or none %s', (_, files, flag) =>
    expect(readUbootEnv(bytesOf(bootWithUboot({ ...RECOVERY, gadgetRoot: root({ 'uboot.conf': EMPTY, ...files }) }), 'uboot/ubuntu/boot.sel'))!.headerFlagByte).toBe(flag));

  it('refuses an environment of the gadget', () => expect(codeOf(() => bootWithUboot({ ...RECOVERY, gadgetRoot: root({ 'uboot.conf': env([], 64, true) }) }))).toBe('boot-config-invalid'));

  it('has its environment in a partition where there is one', () => {
    const { tree, bootState } = bootWithUbootPart({ ...RECOVERY, gadgetRoot: root({}) });
    expect(pathsOf(tree)).toEqual(['systems/20240101/kernel/kernel.img', 'systems/20240101/kernel/initrd.img', 'systems/20240101/kernel/dtbs/broadcom/a.dtb']);
    expect(readRedundantEnv(bootState)!.variables.get('snapd_recovery_system')).toBe('20240101');
    expect(codeOf(() => bootWithUbootPart({ ...RECOVERY, gadgetRoot: root({ 'ubootpart.sel': env([], 4096, true) }) }))).toBe('boot-config-invalid');
    expect(codeOf(() => bootWithUbootPart({ ...RECOVERY, gadgetRoot: root({ 'ubootpart.sel': env([], 8192, true) }) }))).toBeUndefined();
  });
});

describe('U-Boot on UC16/18', () => {
  const envOf = (files: Record<string, Uint8Array>) => bytesOf(bootWithUboot16({ ...RUN, gadgetRoot: root(files) }), 'boot/uboot/uboot.env');
  const OURS: [string, string][] = [['snap_core', 'core18_12.snap'], ['snap_kernel', 'pi-kernel_11.snap'], ['snap_menuentry', 'Acme Box']];

  it('has the variables among those of the gadget, in an environment of its shape', () => {
    const given = env([['bootcmd', 'run x=1'], ['snap_mode', 'try'], ['snap_core', 'old']], 131_072, false);
    expect(readUbootEnv(envOf({ 'uboot.conf': given }))).toEqual({ sizeBytes: 131_072, headerFlagByte: false, flag: 0, variables: new Map<string, string>([['bootcmd', 'run x=1'], ...OURS]) });
  });

  it('leaves an environment alone that says it all already', () => expect(envOf({ 'uboot.conf': env(OURS, 512, true, 7) })).toEqual(env(OURS, 512, true, 7)));

  it('makes one where the gadget has none, after its example', () => {
    expect(readUbootEnv(envOf({ 'uboot.conf': EMPTY }))).toMatchObject({ sizeBytes: 4096, headerFlagByte: true, variables: new Map(OURS) });
    expect(readUbootEnv(envOf({ 'uboot.conf': EMPTY, 'uboot.env': env([], 64, false) }))).toMatchObject({ sizeBytes: 4096, headerFlagByte: false });
  });

  it.each<[string, Uint8Array, string]>([
    ['is none', utf8('bootcmd=x\n'), 'boot-config-invalid'],
    ['is too small', env([['a', 'b']], 32, true), 'uboot-env-too-big'],
  ])('refuses an environment that %s', (_, given, code) => expect(codeOf(() => envOf({ 'uboot.conf': given }))).toBe(code));

  it('has the kernel under its own name', () => {
    const paths = ['kernel.img', 'initrd.img', 'dtbs/broadcom/a.dtb'].map((name) => `boot/uboot/pi-kernel_11.snap/${name}`);
    expect(pathsOf(bootWithUboot16({ ...RUN, gadgetRoot: root({ 'uboot.conf': EMPTY }) }))).toEqual(['boot/uboot/uboot.env', ...paths]);
    const { tree, bootState } = bootWithUbootPart16({ ...RUN, gadgetRoot: root({}) });
    expect(pathsOf(tree)).toEqual(paths);
    expect(readRedundantEnv(bootState)!.variables).toEqual(new Map(OURS));
  });
});

describe('GRUB on UC16/18', () => {
  const boot = (change: Partial<Parameters<typeof bootWithGrub16>[0]> = {}) => bootWithGrub16({ ...RUN, kernelAssets: [], grubConf: utf8('set x=1\n'), ...change });

  it("has the gadget's script and snapd's variables", () => {
    const tree = boot({ displayName: 'Café №1' });
    expect(pathsOf(tree)).toEqual(['boot/grub/grub.cfg', 'boot/grub/grubenv']);
    expect(bytesOf(tree, 'boot/grub/grub.cfg')).toEqual(utf8('set x=1\n'));
    expect([...readGrubEnv(bytesOf(tree, 'boot/grub/grubenv'))]).toEqual([['snap_mode', ''], ['snap_try_core', ''], ['snap_try_kernel', ''], ['snap_menuentry', 'Café №1'], ['snap_core', 'core18_12.snap'], ['snap_kernel', 'pi-kernel_11.snap']]);
  });

  it('has the kernel beside where that is forced', () => expect(pathsOf(boot({ kernelAssets: KERNEL }))).toContain('boot/grub/pi-kernel_11.snap/kernel.img'));

  it.each([['a\nsnap_kernel=evil', 'grub-env-invalid'], ['a\0', 'grub-env-invalid'], ['é'.repeat(450), 'grub-env-too-big']])('refuses the display name %j', (displayName, code) => expect(codeOf(() => boot({ displayName }))).toBe(code));
});
