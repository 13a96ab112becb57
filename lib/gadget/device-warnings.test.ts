import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { warnOfInstall, type GadgetDemands } from './device-warnings';
import { parseGadget } from './parse';

const text = (name: string) => readFileSync(new URL(`./fixtures/${name}.yaml`, import.meta.url), 'utf8');
const SIGNED: GadgetDemands = { rules: 'modes', grade: 'signed' };
const warningsOf = (yaml: string, demands: Partial<GadgetDemands> = {}) =>
  warnOfInstall(parseGadget(yaml, demands.rules), { ...SIGNED, ...demands });
const codesOf = (...args: Parameters<typeof warningsOf>) => warningsOf(...args).map(({ code }) => code);

describe('a device that is to be encrypted', () => {
  const none = text('pc-24-amd64').replace('role: system-save', 'role: system-boot-image');
  it('needs a system-save', () => {
    expect(codesOf(none, { grade: 'secured' })).toEqual(['system-save-missing']);
    expect(codesOf(none, { storageSafety: 'encrypted' })).toEqual(['system-save-missing']);
    expect(codesOf(none)).toEqual([]);
    expect(codesOf(text('pc-24-amd64'), { grade: 'secured' })).toEqual([]);
  });
});

describe('the partition table of an installed device', () => {
  const partition = (type: string, n: number) => `      - {name: p${n}, type: ${type}, size: 1M}\n`;
  const withMore = (name: string, type: string, count: number) =>
    text(name) + Array.from({ length: count }, (_, n) => partition(type, n)).join('');

  it('has room for four partitions of an MBR, those counted that the device adds', () => {
    expect(codesOf(text('mbr-six'))).toEqual(['mbr-too-many']);
    const [{ message } = { message: '' }] = warningsOf(text('mbr-six'));
    expect(message).toContain('3 partitions in the image and 3 that the device adds');
    const four = text('mbr-six').replace(/ {6}- name: [ab]\n {8}type: 83\n {8}size: 1M\n/g, '');
    expect(codesOf(four)).toEqual([]);
    expect(codesOf(withMore('pi-24-arm64', '83', 0))).toEqual([]);
    expect(codesOf(withMore('pi-24-arm64', '83', 1))).toEqual(['mbr-too-many']);
  });

  it('has no entry for boot code and bare structures', () => {
    expect(codesOf(withMore('pi-24-arm64', 'bare', 9))).toEqual([]);
  });

  it('is that of the image for UC16 and UC18, whose devices add none', () => {
    const structure = [...'abcd'].map((name) => `{name: ${name}, type: 0C, size: 1M}`).join();
    const legacy = `volumes: {pi: {schema: mbr, bootloader: u-boot, structure: [${structure}]}}\n`;
    expect(codesOf(legacy, { rules: 'legacy', grade: undefined })).toEqual([]);
  });
});
