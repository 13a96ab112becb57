import path from 'node:path';
import { checkImage, checkLabels, checkRoles } from '../../lib/gadget/check';
import { warnOfInstall, type GadgetDemands } from '../../lib/gadget/device-warnings';
import { isMadeOnDevice } from '../../lib/gadget/content-plan';
import { rulesFor, type Gadget, type GadgetRules, type Volume } from '../../lib/gadget/gadget';
import { layOut } from '../../lib/gadget/layout';
import { parseGadget } from '../../lib/gadget/parse';
import { diskLimits } from '../../lib/image/disk-limits';
import { judgeContent } from '../../lib/image/judge-content';
import { parseModel } from '../../lib/model/model';
import { bootLoaderFault } from '../../lib/seed/boot/choose';
import { cmdlineOf } from '../../lib/seed/boot/kernel-cmdline';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT, Refusal } from './failure';
import { NO_KERNEL, readGadget, readKernel } from './gadget-folder';
import { jsonLine } from './json';
import { readAll } from './read-stream';
import type { Terminal } from './terminal';

export const gadgetLayout: Command = {
  name: 'gadget layout',
  files: 'DIR|gadget.yaml',
  summary: 'Show where a gadget puts what on its disks',
  details: `Reads the meta/gadget.yaml of an unpacked gadget, checks it by snapd's rules together with the files that it copies, as "image plan" does, and writes the
structures of each volume in disk order, with the values that are implied filled in. What snapd takes and no image is made of is a warning. Given the file itself,
the gadget is the folder above its folder meta; without such a folder the files are not looked at. Without a model the rules are those of UC20 and later, grade
dangerous. Without a kernel every $kernel: source is refused, as it would be with a kernel that has no meta/kernel.yaml; of one that has nothing but its folder
meta the files are not looked at.`,
  options: {
    kernel: { value: 'DIR', help: 'The unpacked kernel' },
    model: { value: 'M.model', help: 'The model whose rules apply' },
    json: JSON_OPTION,
  },
  async run({ values, files, terminal }) {
    expectFiles(files, 1);
    const { yaml, listing, textOf } = readGadget(path.resolve(terminal.folder, files[0]!), files[0]!);
    const demands = values.has('model') ? await readDemands(values.get('model')!, terminal) : WITHOUT_MODEL;
    const { rules } = demands;
    const gadget = parseGadget(yaml, rules);
    const problems = [...checkRoles(gadget, rules), ...checkLabels(gadget)];
    if (problems.length > 0) throw new Refusal(problems[0]!.code, problems.map(({ message }) => message).join(' '));
    const volumes = gadget.volumes.map((volume) => describeVolume(volume, rules));
    const kernel = values.has('kernel') ? readKernel(path.resolve(terminal.folder, values.get('kernel')!)) : NO_KERNEL;
    if (listing) judgeContent(gadget, { gadget: listing, ...kernel }, { rules, sectorBytes: SECTOR_BYTES });
    const texts = { cmdlineExtra: textOf('cmdline.extra'), cmdlineFull: textOf('cmdline.full') };
    const { grade = 'dangerous', architecture } = demands;
    const ofKernel = listing ? cmdlineOf({ gadget, architecture, grade, ...texts }, rules).warnings : [];
    const warnings = [...warnOfInstall(gadget, demands), ...ofKernel, ...warnOfImage(gadget, rules)];
    for (const { message } of warnings) terminal.say(`warning: ${message}`);
    if (values.has('json')) await terminal.write(jsonLine({ volumes, warnings }));
    else for (const volume of volumes) await terminal.write(asText(volume));
    return EXIT.ok;
  },
};

const SECTOR_BYTES = 512;
type Demands = GadgetDemands & { architecture: string };
const WITHOUT_MODEL: Demands = { rules: 'modes', grade: 'dangerous', architecture: 'amd64' };

async function readDemands(file: string, terminal: Terminal): Promise<Demands> {
  const model = (await readAll(file, terminal)).find(({ type }) => type === 'model');
  if (!model) throw new Refusal('not-a-model', `${file}: There is no model in it.`);
  const { grade, storageSafety, ...parsed } = parseModel(model);
  return { rules: rulesFor(parsed), grade, storageSafety, architecture: parsed.architecture };
}

type Told = { code: string; message: string };

/** Why `image plan` refuses a gadget that snapd takes: the boot loader, what is left to an installer, and the disk. */
function warnOfImage(gadget: Gadget, rules: GadgetRules): Told[] {
  if (rules !== 'modes' && rules !== 'legacy') return [];
  const described = gadget.volumes.filter(({ schema, structures }) => schema !== '' && structures.length > 0);
  const limits = described.flatMap((volume) => diskLimits(layOut(volume), rules, SECTOR_BYTES));
  const found = [bootLoaderFault(gadget), ...checkImage(gadget, rules), ...limits];
  const told = found.flatMap((fault) => (fault ? [{ code: fault.code, message: fault.message }] : []));
  return told.filter(({ code }, i) => told.findIndex((other) => other.code === code) === i);
}

function describeVolume(volume: Volume, rules: GadgetRules) {
  const { structures, sizeBytes } = volume.structures.length === 0 ? { structures: [], sizeBytes: 0 } : layOut(volume);
  return {
    name: volume.name,
    schema: volume.schema,
    bootloader: volume.bootloader ?? '',
    sizeBytes,
    structures: structures.map((s) => ({
      index: s.yamlIndex,
      name: s.name,
      role: s.role ?? '',
      type: s.type,
      offsetBytes: s.offsetBytes,
      sizeBytes: s.sizeBytes,
      minSizeBytes: s.minSizeBytes,
      filesystem: s.filesystemWord,
      filesystemLabel: s.label,
      inImage: volume.schema !== 'emmc' && !isMadeOnDevice(s, rules),
    })),
  };
}

function asText({ name, schema, bootloader, sizeBytes, structures }: ReturnType<typeof describeVolume>): string {
  const rows = structures.map((s) => [String(s.offsetBytes), String(s.sizeBytes), s.name || `#${s.index}`, s.role, s.type, s.filesystem, s.filesystemLabel, s.inImage ? '' : 'made on the device']);
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]!.length))) ?? [];
  const lines = rows.map((row) => `  ${row.map((cell, i) => (i < 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ').trimEnd()}`);
  return `${name}: ${schema || 'any schema'}${bootloader ? `, ${bootloader}` : ''}, ${sizeBytes} bytes\n${lines.map((line) => `${line}\n`).join('')}`;
}
