import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { imprint, inProject, makeFolder } from './testing';

const { folder, remove } = makeFolder();
afterAll(remove);

const fixture = (name: string) => inProject(`lib/gadget/fixtures/${name}.yaml`);
const layout = async (...args: string[]) => imprint(['gadget', 'layout', ...args]);
const volumesOf = (text: string) => (JSON.parse(text) as { volumes: { name: string; sizeBytes: number; structures: Record<string, unknown>[] }[] }).volumes;

describe('gadget layout', () => {
  it('tells the structures of the reference gadget in disk order, with what is implied', async () => {
    const { code, stdout, stderr } = await layout(fixture('pc-24-amd64'), '--json');
    expect([code, stderr]).toEqual([0, '']);
    const [pc] = volumesOf(stdout);
    expect(pc).toMatchObject({ name: 'pc', schema: 'gpt', bootloader: 'grub', sizeBytes: 3008 * 2 ** 20 });
    expect(pc!.structures.map((s) => [s.index, s.name, s.role, s.offsetBytes, s.filesystemLabel, s.inImage])).toEqual([
      [0, 'mbr', 'mbr', 0, '', true],
      [1, 'BIOS Boot', '', 2 ** 20, '', true],
      [2, 'ubuntu-seed', 'system-seed', 2 * 2 ** 20, 'ubuntu-seed', true],
      [3, 'ubuntu-boot', 'system-boot', 1202 * 2 ** 20, 'ubuntu-boot', false],
      [4, 'ubuntu-save', 'system-save', 1952 * 2 ** 20, 'ubuntu-save', false],
      [5, 'ubuntu-data', 'system-data', 1984 * 2 ** 20, 'ubuntu-data', false],
    ]);
    expect(pc!.structures[4]).toEqual({ index: 4, name: 'ubuntu-save', role: 'system-save', type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', offsetBytes: 1952 * 2 ** 20, sizeBytes: 32 * 2 ** 20, minSizeBytes: 16 * 2 ** 20, filesystem: 'ext4', filesystemLabel: 'ubuntu-save', inImage: false });
  });

  it('looks at the files of a folder, and at what a kernel offers', async () => {
    for (const dir of ['gadget/meta', 'kernel/meta', 'gadget/boot-assets']) mkdirSync(`${folder}/${dir}`, { recursive: true });
    const yaml = 'volumes: {pi: {schema: mbr, bootloader: piboot, structure: [{name: s, role: system-seed, filesystem: vfat, type: 0C, size: 64M, content: [{source: "$kernel:dtbs/a/", target: /}, {source: boot-assets/, target: /}]}, {role: system-data, type: 83, size: 1M}]}}';
    writeFileSync(`${folder}/gadget/meta/gadget.yaml`, yaml);
    expect(await layout(`${folder}/gadget`)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('has no asset dtbs') });
    writeFileSync(`${folder}/kernel/meta/kernel.yaml`, 'assets: {dtbs: {update: true, content: [a/]}}');
    expect(await layout(`${folder}/gadget`, '--kernel', `${folder}/kernel`)).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(`${folder}/gadget/meta/gadget.yaml`, yaml.replace('boot-assets/', 'nothing/'));
    expect(await layout(`${folder}/gadget`, '--kernel', `${folder}/kernel`)).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing/ is not in the gadget') });
  });

  it('warns of partitions that devices cannot make', async () => {
    const { code, stdout, stderr } = await layout(fixture('mbr-six'), '--json');
    const { warnings } = JSON.parse(stdout) as { warnings: { code: string; message: string }[] };
    expect(warnings).toEqual([{ code: 'mbr-too-many', message: expect.stringContaining('4 entries') as unknown }]);
    expect([code, stderr]).toEqual([0, `warning: ${warnings[0]!.message}\n`]);
  });

  it('refuses what snapd refuses, and misuse', async () => {
    expect(await layout(fixture('pi-24-arm64'))).toMatchObject({ code: 0 });
    const file = `${folder}/broken.yaml`;
    writeFileSync(file, 'volumes: {pc: {bootloader: grub, structure: [{role: system-data, type: 83, size: 1M}]}}');
    expect(await layout(file)).toMatchObject({ code: 1, stderr: expect.stringContaining('83 is a type of an MBR') });
    writeFileSync(file, `#${'x'.repeat(2 ** 20)}\n`);
    expect(await layout(file)).toMatchObject({ code: 1, stderr: expect.stringContaining('at most 1048576 are read') });
    mkdirSync(`${folder}/odd/meta/gadget.yaml`, { recursive: true });
    expect(await layout(`${folder}/odd`)).toMatchObject({ code: 2, stderr: expect.stringContaining('is no file') });
    expect(await layout()).toMatchObject({ code: 2 });
    expect(await layout(`${folder}/none`)).toMatchObject({ code: 2 });
  });
});
