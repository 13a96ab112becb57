import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ContentBudget, resolveFiles, resolveImages } from './content';
import { planContent } from './content-plan';
import { layOut } from './layout';
import { SnapListing, type SnapEntry } from './listing';
import { parseGadget } from './parse';

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};
const file = (path: string, sizeBytes = 10): SnapEntry => ({ path, type: 'file', sizeBytes });
const other = (path: string, type: SnapEntry['type']): SnapEntry => ({ path, type, sizeBytes: 0 });
const structureWith = (filesystem: string, ...content: string[]) =>
  parseGadget(`volumes: {pc: {bootloader: grub, structure: [{name: a, type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4, size: 1M, filesystem: ${filesystem}, content: [${content.join(', ')}]}]}}`).volumes[0]!.structures[0]!;
const NO_KERNEL = { kernel: [], assets: new Map() };
const copies = (content: string | string[], entries: SnapEntry[]) => resolveFiles(structureWith('vfat', ...[content].flat()), { gadget: entries, ...NO_KERNEL }).files.map((f) => `${f.source} -> ${f.target}`);
const codeOfCopy = (content: string, entries: SnapEntry[]) => codeOf(() => copies(content, entries));

const ASSETS = [other('boot', 'directory'), file('boot/a'), other('boot/sub', 'directory'), file('boot/sub/b'), file('grub.efi'), file('bootx/c')];

describe('content of a file system', () => {
  it.each<[string, string[]]>([
    ['{source: grub.efi, target: EFI/boot/x.efi}', ['grub.efi -> EFI/boot/x.efi']],
    ['{source: grub.efi, target: EFI/boot/}', ['grub.efi -> EFI/boot/grub.efi']],
    ['{source: grub.efi, target: /}', ['grub.efi -> grub.efi']],
    ['{source: boot/, target: /}', ['boot/a -> a', 'boot/sub/b -> sub/b']],
    ['{source: boot/, target: /x}', ['boot/a -> x/a', 'boot/sub/b -> x/sub/b']],
    ['{source: boot, target: x/}', ['boot/a -> x/boot/a', 'boot/sub/b -> x/boot/sub/b']],
    ['{source: ./boot/sub/b, target: ./y//z}', ['boot/sub/b -> y/z']],
  ])('%s', (content, wanted) => expect(copies(content, ASSETS)).toEqual(wanted));

  it('is overwritten by what comes later', () => expect(copies(['{source: boot/a, target: x}', '{source: grub.efi, target: x}'], ASSETS)).toEqual(['grub.efi -> x']));

  it('is refused when it is missing, or a folder where a file is meant', () => {
    expect(codeOfCopy('{source: none, target: x}', ASSETS)).toBe('gadget-content-invalid');
    expect(codeOfCopy('{source: grub.efi/, target: x}', ASSETS)).toBe('gadget-content-invalid');
  });

  it('is refused with a symbolic link, whether it is the file, on the way, or inside', () => {
    const links = [other('link', 'symlink'), other('dir', 'directory'), other('dir/l', 'symlink'), file('dir/f'), file('link/f')];
    expect(codeOfCopy('{source: link, target: x}', links)).toBe('gadget-symlink');
    expect(codeOfCopy('{source: link/f, target: x}', links)).toBe('gadget-symlink');
    expect(codeOfCopy('{source: dir/, target: x}', links)).toBe('gadget-symlink');
    expect(copies('{source: dir/f, target: x}', links)).toEqual(['dir/f -> x']);
  });

  it('is refused with devices and pipes', () => {
    expect(codeOfCopy('{source: dev, target: x}', [other('dev', 'other')])).toBe('gadget-special-file');
    expect(codeOfCopy('{source: d/, target: x}', [other('d', 'directory'), other('d/pipe', 'other')])).toBe('gadget-special-file');
  });

  it('is refused when it is more than fits into memory', () => {
    expect(codeOfCopy('{source: big, target: x}', [file('big', 513 * 2 ** 20)])).toBe('squashfs-too-big');
    expect(codeOfCopy('{source: d/, target: x}', [other('d', 'directory'), file('d/1', 500 * 2 ** 20), file('d/2', 500 * 2 ** 20), file('d/3', 500 * 2 ** 20)])).toBe('squashfs-too-big');
  });

  it('is counted for all structures together, what is overwritten too', () => {
    const budget = new ContentBudget();
    const entries = new SnapListing([other('d', 'directory'), ...Array.from({ length: 9000 }, (_, i) => file(`d/${i}`))]);
    const take = () => resolveFiles(structureWith('vfat', '{source: d/, target: x}'), { gadget: entries, ...NO_KERNEL }, budget);
    expect([take().files.length, take().files.length, codeOf(take)]).toEqual([9000, 9000, 'gadget-too-big']);
    const raw = structureWith('none', '{image: big}');
    const bytes = new ContentBudget();
    const place = () => resolveImages({ ...raw, sizeBytes: 2 ** 32 }, [file('big', 400 * 2 ** 20)], bytes);
    expect([place().length, place().length, codeOf(place)]).toEqual([1, 1, 'squashfs-too-big']);
  });

  it('is found in a folder of a snap of many, in the order of its listing, and not in one whose name begins alike', () => {
    const listing = new SnapListing([other('b', 'directory'), file('b/2'), file('b/1'), file('b.x'), file('b0'), file('a')]);
    expect(listing.below('b').map(({ path }) => path)).toEqual(['b/2', 'b/1']);
    expect(listing.below('').length).toBe(6);
    expect(listing.below('none')).toEqual([]);
  });

  it('is refused with a name in the snap that leads out', () => expect(codeOfCopy('{source: d/, target: x}', [other('d', 'directory'), file('d/../../x')])).toBe('gadget-path-escape'));

  it('has empty directories, and no others for themselves', () => {
    const directoriesOf = (content: string) => resolveFiles(structureWith('vfat', content), { gadget: [...ASSETS, other('none', 'directory'), other('boot/empty', 'directory')], ...NO_KERNEL }).directories;
    expect(directoriesOf('{source: none, target: x/}')).toEqual(['x/none']);
    expect(directoriesOf('{source: none/, target: x/}')).toEqual(['x']);
    expect(directoriesOf('{source: boot/, target: /}')).toEqual(['empty']);
  });

  it('is taken from the kernel where the kernel offers it', () => {
    const kernel = { kernel: [other('dtbs', 'directory'), file('dtbs/a.dtb'), file('secret')], assets: new Map([['dtbs', { update: true, content: ['dtbs/'] }]]) };
    const taken = (content: string) => resolveFiles(structureWith('vfat', content), { gadget: ASSETS, ...kernel }).files;
    expect(taken('{source: "$kernel:dtbs/dtbs/", target: /}')).toEqual([{ from: 'kernel', source: 'dtbs/a.dtb', target: 'a.dtb', sizeBytes: 10 }]);
    for (const source of ['dtbs/secret', 'dtbs/', 'dtbs', 'dtbs/dtbs//a.dtb', '/dtbs/']) expect(codeOf(() => taken(`{source: "$kernel:${source}", target: /}`))).toBe('gadget-kernel-ref-invalid');
    expect(codeOfCopy('{source: "$kernel:dtbs/dtbs/", target: /}', ASSETS)).toBe('gadget-kernel-ref-invalid');
  });
});

describe('images of a raw structure', () => {
  const images = (...content: string[]) => resolveImages(structureWith('none', ...content), [file('a', 1000), file('b', 500), other('l', 'symlink'), other('d', 'directory')]);

  it('follow each other, at their offsets, in their room', () => {
    expect(images('{image: a}', '{image: b}').map((i) => i.offsetBytes)).toEqual([0, 1000]);
    expect(images('{image: a, size: 4096}', '{image: b}').map((i) => i.offsetBytes)).toEqual([0, 4096]);
    expect(images('{image: a, size: 0}', '{image: b}').map((i) => i.offsetBytes)).toEqual([0, 1000]);
    expect(images('{image: a, offset: 8192}', '{image: b, offset: 0}')).toEqual([
      { source: 'a', offsetBytes: 8192, sizeBytes: 1000 },
      { source: 'b', offsetBytes: 0, sizeBytes: 500 },
    ]);
  });

  it.each([
    ['gadget-content-invalid', ['{image: a, size: 999}']],
    ['gadget-content-invalid', ['{image: a, offset: 1048000}']],
    ['gadget-content-invalid', ['{image: a}', '{image: b, offset: 999}']],
    ['gadget-content-invalid', ['{image: none}']],
    ['gadget-content-invalid', ['{image: d}']],
    ['gadget-symlink', ['{image: l}']],
  ])('are refused as %s: %j', (code, content) => expect(codeOf(() => images(...content))).toBe(code));
});

describe('the content of an image', () => {
  it('is that of what is in the image, and of nothing that the device makes itself', () => {
    const yaml = readFileSync(new URL('./fixtures/pc-24-amd64.yaml', import.meta.url), 'utf8').replaceAll('source: grubx64.efi\n            target: EFI/boot/', 'source: not-there.efi\n            target: EFI/boot/');
    const plan = planContent(layOut(parseGadget(yaml).volumes[0]!), { gadget: ['mbr.img', 'grubx64.efi', 'shim.efi.signed', 'boot.csv', 'fb.efi'].map((name) => file(name)), ...NO_KERNEL }, 'modes');
    expect([...plan.files.keys(), ...plan.images.keys()]).toEqual([2, 0, 1]);
    expect(plan.files.get(2)!.files.map((f) => f.target)).toEqual(['EFI/ubuntu/grubx64.efi', 'EFI/ubuntu/shimx64.efi', 'EFI/ubuntu/bootx64.csv', 'EFI/boot/fbx64.efi', 'EFI/boot/bootx64.efi']);
    expect(plan.sources.kernel).toEqual([]);
    expect([...plan.sources.gadget].sort()).toEqual(['boot.csv', 'fb.efi', 'grubx64.efi', 'mbr.img', 'shim.efi.signed']);
  });
});
