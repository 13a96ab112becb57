import { describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '../../bytes';
import { directory, textFile, type TreeEntry } from '../tree';
import { flattenKernelAssets, isKernelAsset } from './kernel-assets';
import { bootWithPiboot } from './piboot';
import { readUbootEnv } from './uboot-env';

const file = (path: string, text = path): TreeEntry => textFile(path, utf8(text));
const ARM64 = [file('kernel.img'), file('initrd.img'), file('kernel.efi'), file('dtbs/broadcom/bcm2711.dtb'), file('dtbs/overlays/vc4.dtbo'), file('dtbs/overlays/README')];
const ARMHF = [file('kernel.img'), file('initrd.img'), file('dtbs/bcm2710.dtb'), file('dtbs/overlays/vc4.dtbo')];
const shown = (tree: readonly TreeEntry[]) => tree.map(({ path, content }) => (content.kind === 'bytes' ? `${path}: ${fromUtf8(content.bytes)}` : `${path}/`)).sort();
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe("a kernel's assets for the Raspberry Pi", () => {
  it('are beside each other on arm64, and the folders they came from are left', () =>
    expect(shown(flattenKernelAssets(ARM64))).toEqual(['bcm2711.dtb: dtbs/broadcom/bcm2711.dtb', 'dtbs/', 'dtbs/broadcom/', 'initrd.img: initrd.img', 'kernel.img: kernel.img', 'overlays/', 'overlays/README: ', 'overlays/vc4.dtbo: dtbs/overlays/vc4.dtbo']));

  it('are beside each other on armhf', () =>
    expect(shown(flattenKernelAssets(ARMHF))).toEqual(['bcm2710.dtb: dtbs/bcm2710.dtb', 'dtbs/', 'initrd.img: initrd.img', 'kernel.img: kernel.img', 'overlays/', 'overlays/README: ', 'overlays/vc4.dtbo: dtbs/overlays/vc4.dtbo']));

  it('keep what a shell does not move, and what else is beside', () => {
    const odd = [...ARM64, file('dtbs/other/a.dtb'), file('dtbs/broadcom/.hidden'), file('dtbs/broadcom/kernel.img', 'newer')];
    expect(shown(flattenKernelAssets(odd))).toEqual(expect.arrayContaining(['dtbs/broadcom/.hidden: dtbs/broadcom/.hidden', 'dtbs/other/a.dtb: dtbs/other/a.dtb', 'kernel.img: newer']));
  });

  it.each<[string, TreeEntry[]]>([
    ['with a symbolic link', [...ARM64, { path: 'dtbs/broadcom/x.dtb', content: { kind: 'symlink', target: 'bcm2711.dtb' } }]],
    ['without device trees', [file('kernel.img')]],
    ['with none but hidden ones', [file('dtbs/overlays/a.dtbo'), directory('dtbs/broadcom')]],
    ['without overlays', [file('dtbs/a.dtb')]],
    ['without overlays beside broadcom', [file('dtbs/broadcom/a.dtb')]],
    ['with a file for overlays', [file('dtbs/a.dtb'), file('dtbs/overlays')]],
    ['with overlays in two places', [...ARM64, file('dtbs/broadcom/overlays/a.dtbo')]],
    ['with a folder of the name of a file', [...ARM64, file('dtbs/broadcom/kernel.img/a')]],
    ['with device trees in their own folder', [...ARMHF, file('dtbs/dtbs/a.dtb')]],
  ])('are refused %s', (_, assets) => expect(codeOf(() => flattenKernelAssets(assets))).toBe('kernel-assets-invalid'));

  it('are a few of its files', () =>
    expect(['kernel.img', 'initrd.img', 'kernel.efi', 'dtbs', 'dtbs/a', 'dtbs/.a', 'dtbs/b/.a', 'xdtbs/a', 'kernel.img.sig', 'meta/snap.yaml'].filter(isKernelAsset)).toEqual(['kernel.img', 'initrd.img', 'dtbs/a', 'dtbs/b/.a']));
});

describe('a seed for the Raspberry Pi', () => {
  const boot = (config: string, commandLine = 'console=tty1\n', bootFlags: string[] = []) => bootWithPiboot({ label: '20240101', bootFlags, gadgetFiles: [file('config.txt', config), file('cmdline.txt', commandLine)], kernelAssets: ARM64 });
  const contentOf = (tree: readonly TreeEntry[], path: string) => {
    const content = tree.find((entry) => entry.path === path)?.content;
    return content?.kind === 'bytes' ? content.bytes : undefined;
  };
  const configOf = (config: string) => fromUtf8(contentOf(boot(config), 'config.txt')!);

  it('has the kernel below its system, and says so', () => {
    const tree = boot('[all]\n', undefined, ['factory']);
    expect(tree.map(({ path }) => path).sort()).toEqual(
      ['config.txt', 'piboot/ubuntu/piboot.conf', ...['bcm2711.dtb', 'cmdline.txt', 'dtbs', 'dtbs/broadcom', 'initrd.img', 'kernel.img', 'overlays', 'overlays/README', 'overlays/vc4.dtbo'].map((name) => `systems/20240101/kernel/${name}`)].sort(),
    );
    expect(readUbootEnv(contentOf(tree, 'piboot/ubuntu/piboot.conf')!)).toMatchObject({ sizeBytes: 4096, headerFlagByte: true, variables: new Map([['snapd_recovery_mode', 'install'], ['snapd_recovery_system', '20240101'], ['snapd_boot_flags', 'factory']]) });
  });

  it.each([
    ['[all]\n', '[all]\n\nos_prefix=/systems/20240101/kernel/\n'],
    ['[all]', '[all]\nos_prefix=/systems/20240101/kernel/\n'],
    ['', '\nos_prefix=/systems/20240101/kernel/\n'],
    ['a=1\nos_prefix=old/\nb=2', 'a=1\nos_prefix=/systems/20240101/kernel/\nb=2'],
    ['os_prefix=a\r\nx\r\nos_prefix=b\r\n os_prefix=c\n', 'os_prefix=/systems/20240101/kernel/\nx\r\n# os_prefix=b\r\n os_prefix=c\n'],
  ])('makes of config.txt %j %j', (given, written) => expect(configOf(given)).toBe(written));

  it.each([['console=tty1\n', 'console=tty1'], ['a b\nc\n', 'a b'], ['a', 'a'], ['', ''], ['a\r\nb', 'a\r']])('takes the first line of cmdline.txt %j', (given, line) =>
    expect(fromUtf8(contentOf(boot('', given), 'systems/20240101/kernel/cmdline.txt')!)).toBe(`${line} snapd_recovery_mode=install snapd_recovery_system=20240101\n`));

  it('leaves bytes that are no text as they are', () => {
    const config = textFile('config.txt', Uint8Array.of(0xff, 0x0a, 0xfe));
    const tree = bootWithPiboot({ label: 'x', bootFlags: [], gadgetFiles: [config, file('cmdline.txt')], kernelAssets: ARM64 });
    expect([...contentOf(tree, 'config.txt')!.subarray(0, 4)]).toEqual([0xff, 0x0a, 0xfe, 0x0a]);
  });

  it.each(['config.txt', 'cmdline.txt'])('needs a %s of the gadget', (missing) => {
    const gadgetFiles = [file('config.txt'), file('cmdline.txt')].filter(({ path }) => path !== missing);
    expect(codeOf(() => bootWithPiboot({ label: 'x', bootFlags: [], gadgetFiles, kernelAssets: ARM64 }))).toBe('boot-config-invalid');
  });
});
