import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkGadget } from '../gadget/check';
import type { GadgetRules } from '../gadget/gadget';
import { layOut } from '../gadget/layout';
import { parseGadget } from '../gadget/parse';
import { diskLimits } from './disk-limits';
import { planImage } from './plan-image';
import { fitSystemData, leastSystemData } from './system-data';

const MIB = 2 ** 20;
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

type Board = {
  name: string;
  rules: GadgetRules;
  /** Offsets in disk order. */
  offsets: number[];
  /** Each entry in the table. */
  partitions: [name: string, startBytes: number][];
};

const BOARDS: Board[] = [
  {
    name: 'imx-24-arm64',
    rules: 'modes',
    offsets: [33_792, 8 * MIB, 72 * MIB, 136 * MIB, 152 * MIB],
    partitions: [['ubuntu-seed', 8 * MIB]],
  },
  {
    name: 'mbr-bare-24-amd64',
    rules: 'modes',
    offsets: [1024, 1536, MIB, 65 * MIB, 129 * MIB],
    partitions: [['ubuntu-seed', MIB]],
  },
  {
    name: 'snapdragon-16-arm64',
    rules: 'legacy',
    offsets: [17_408, 19_456, 1_068_032, 2_116_608, 4 * MIB, 8 * MIB, 136 * MIB],
    partitions: [
      ['cdt', 17_408],
      ['sbl1', 19_456],
      ['tz', 1_068_032],
      ['DDR', 2_116_608],
      ['aboot', 4 * MIB],
      ['system-boot', 8 * MIB],
      ['writable', 136 * MIB],
    ],
  },
  {
    name: 'omap-16-armhf',
    rules: 'legacy',
    offsets: [261_640, 393_216, 458_752, MIB],
    partitions: [
      ['system-boot', MIB],
      ['writable', 129 * MIB],
    ],
  },
];

describe.each(BOARDS)('the board $name', ({ name, rules, offsets, partitions }) => {
  const gadget = parseGadget(readFileSync(new URL(`../gadget/fixtures/${name}.yaml`, import.meta.url), 'utf8'), rules);
  const layout = layOut(gadget.volumes[0]!);

  it('is laid out as snapd does, and nothing speaks against its image', () => {
    expect(layout.structures.map(({ offsetBytes }) => offsetBytes)).toEqual(offsets);
    expect([checkGadget(gadget, rules), diskLimits(layout, rules, 512)]).toEqual([[], []]);
  });

  it('has its partitions in the table, and raw bytes beside it', () => {
    const least = { leastBytes: leastSystemData(40 * MIB, 512), sectorBytes: 512 as const, imageBytes: undefined };
    const fitted = rules === 'legacy' ? fitSystemData(layout, { ...least, mayAdd: true }) : layout;
    const zeros = fitted.structures.map((s) => [s.yamlIndex, [{ kind: 'zeros' as const, length: s.sizeBytes }]] as const);
    const identifiers = { root: new Uint8Array(32), sha256 };
    const common = { trees: new Map(), images: new Map(), fileSystems: new Map(zeros), identifiers, epoch: 0 };
    const image = planImage({ layout: fitted, rules, ...common });
    expect(image.partitions.map((p) => [p.name, p.startBytes])).toEqual(partitions);
  });
});
