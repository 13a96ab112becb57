import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fromUtf8 } from '../../lib/bytes';
import { checkContent, type LookUp } from '../../lib/gadget/check-content';
import { checkRoles } from '../../lib/gadget/check';
import { warnOfInstall, type GadgetDemands } from '../../lib/gadget/device-warnings';
import { isMadeOnDevice } from '../../lib/gadget/content-plan';
import { rulesFor, type GadgetRules, type Volume } from '../../lib/gadget/gadget';
import { parseKernelYaml, type KernelAssets } from '../../lib/gadget/kernel-yaml';
import { layOut } from '../../lib/gadget/layout';
import { parseGadget } from '../../lib/gadget/parse';
import { parseModel } from '../../lib/model/model';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT, FileTrouble, Refusal } from './failure';
import { jsonLine } from './json';
import { readAll } from './read-stream';
import type { Terminal } from './terminal';

export const gadgetLayout: Command = {
  name: 'gadget layout',
  files: 'DIR|gadget.yaml',
  summary: 'Show where a gadget puts what on its disks',
  details: `Reads the meta/gadget.yaml of an unpacked gadget, checks it by snapd's rules together with the files that it copies, and writes the structures of each
volume in disk order, with the values that are implied filled in. Given the file itself, the gadget is the folder above its folder meta; without such a
folder the files are not looked at. Without a model the rules are those of UC20 and later, grade dangerous. Without a kernel every $kernel: source is refused,
as it would be with a kernel that has no meta/kernel.yaml.`,
  options: {
    kernel: { value: 'DIR', help: 'The unpacked kernel' },
    model: { value: 'M.model', help: 'The model whose rules apply' },
    json: JSON_OPTION,
  },
  async run({ values, files, terminal }) {
    expectFiles(files, 1);
    const { text, root } = readGadget(path.resolve(terminal.folder, files[0]!), files[0]!);
    const demands = values.has('model') ? await readDemands(values.get('model')!, terminal) : WITHOUT_MODEL;
    const { rules } = demands;
    const gadget = parseGadget(text, rules);
    const problems = checkRoles(gadget, rules);
    if (problems.length > 0) throw new Refusal(problems[0]!.code, problems.map(({ message }) => message).join(' '));
    const warnings = warnOfInstall(gadget, demands);
    const volumes = gadget.volumes.map((volume) => describeVolume(volume, rules));
    if (root !== undefined) checkContent(gadget, lookUpIn(root), values.has('kernel') ? readKernel(path.resolve(terminal.folder, values.get('kernel')!)) : new Map());
    for (const { message } of warnings) terminal.say(`warning: ${message}`);
    if (values.has('json')) await terminal.write(jsonLine({ volumes, warnings }));
    else for (const volume of volumes) await terminal.write(asText(volume));
    return EXIT.ok;
  },
};

const WITHOUT_MODEL: GadgetDemands = { rules: 'modes', grade: 'dangerous' };

const MAX_TEXT_BYTES = 2 ** 20;

/** Of a file, which may be a link to one. Throws Refusal `gadget-too-big`, FileTrouble. */
function readText(file: string): string {
  try {
    const found = statSync(file);
    if (!found.isFile()) throw new FileTrouble(`${file} is no file.`);
    if (found.size > MAX_TEXT_BYTES) throw new Refusal('gadget-too-big', `${file} has ${found.size} bytes; at most ${MAX_TEXT_BYTES} are read.`);
    const text = fromUtf8(new Uint8Array(readFileSync(file)));
    if (text === undefined) throw new Refusal('gadget-yaml-syntax', `${file} is not UTF-8.`);
    return text;
  } catch (error) {
    if (error instanceof Refusal || error instanceof FileTrouble) throw error;
    throw new FileTrouble(`${file} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

function readGadget(where: string, word: string): { text: string; root: string | undefined } {
  const found = statSync(where, { throwIfNoEntry: false });
  if (!found) throw new FileTrouble(`${word} cannot be read: there is no such file.`);
  if (found.isDirectory()) return { text: readText(path.join(where, 'meta', 'gadget.yaml')), root: where };
  return { text: readText(where), root: path.basename(path.dirname(where)) === 'meta' ? path.dirname(path.dirname(where)) : undefined };
}

async function readDemands(file: string, terminal: Terminal): Promise<GadgetDemands> {
  const model = (await readAll(file, terminal)).find(({ type }) => type === 'model');
  if (!model) throw new Refusal('not-a-model', `${file}: There is no model in it.`);
  const { grade, storageSafety, ...parsed } = parseModel(model);
  return { rules: rulesFor(parsed), grade, storageSafety };
}

function readKernel(folder: string): KernelAssets {
  const file = path.join(folder, 'meta', 'kernel.yaml');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new FileTrouble(`${folder} is no folder.`);
  return statSync(file, { throwIfNoEntry: false }) ? parseKernelYaml(readText(file)) : new Map();
}

/** Nothing is read, so a link may lead where it will, as for snapd. */
const lookUpIn = (root: string): LookUp => (name) => {
  const found = statSync(path.join(root, name), { throwIfNoEntry: false });
  return found && { type: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other', sizeBytes: found.size };
};

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
