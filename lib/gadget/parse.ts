import type { YamlMap } from '../snap/yaml-value';
import { BOOTLOADERS, hasModes, refuse, type Bootloader, type Gadget, type GadgetRules, type Structure, type Volume } from './gadget';
import { parseOneArgument, parsePattern } from './kernel-arguments';
import { impliedLabel, isFatName, parseStructure } from './parse-structure';
import { isNil, readList, readMap, readOwnText, readText, readTexts, readYaml } from './read-yaml';
import { readSystemDefaults } from './system-defaults';

const MAX_VOLUMES = 16;
const MAX_STRUCTURES = 128;

/**
 * gadget.yaml, every rule that one structure or one volume can break (snapd gadget/gadget.go); what structures owe each other is `checkRoles`, offsets
 * are `layOut`, what an image needs beyond is `checkGadget`. Throws AppError with a GadgetErrorCode and the path of what is wrong.
 */
export function parseGadget(file: string | Uint8Array, rules: GadgetRules = 'modes'): Gadget {
  const top = readYaml(file);
  const named = [...readMap(top.get('volumes'), 'volumes')];
  const rest = {
    systemDefaults: readSystemDefaults(top),
    defaultsOf: [...readMap(top.get('defaults'), 'defaults').keys()].filter((key) => key !== 'system'),
    connections: parseConnections(top),
    kernelCmdline: parseKernelCmdline(top),
  };
  if (named.length === 0 && (rules === 'classic' || rules === 'classic-modes')) return { volumes: [], ...rest };
  if (named.length === 0) refuse('gadget-volume-invalid', 'volumes', 'there is no volume; a gadget for Ubuntu Core describes at least one.');
  if (named.length > MAX_VOLUMES) refuse('gadget-too-big', 'volumes', `there are ${named.length} volumes; at most ${MAX_VOLUMES} are taken.`);
  const volumes = named.map(([name, value]) => {
    if (isNil(value)) refuse('gadget-volume-invalid', `volumes.${name}`, 'there is nothing below this name; describe the volume, or take the name away.');
    return parseVolume(name, readMap(value, `volumes.${name}`), rules);
  });

  const withBootloader = volumes.filter((v) => v.bootloader !== undefined);
  if (withBootloader.length !== 1) {
    const found = withBootloader.length === 0 ? 'no volume names one' : `${withBootloader.map((v) => v.name).join(' and ')} all name one`;
    refuse('gadget-bootloader-invalid', 'volumes', `exactly one volume names the bootloader, and ${found}.`);
  }
  checkAssignments(top, volumes);
  return { volumes, ...rest };
}

function parseVolume(name: string, map: YamlMap, rules: GadgetRules): Volume {
  const where = `volumes.${name}`;
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{1,200}$/.test(name)) refuse('gadget-volume-invalid', 'volumes', `"${name.slice(0, 80)}" is no volume name; use letters, digits and dashes.`);
  const partial = readTexts(map.get('partial'), `${where}.partial`, 4);
  const unknown = partial.find((p, i) => !['size', 'filesystem', 'schema', 'structure'].includes(p) || partial.indexOf(p) !== i);
  if (unknown !== undefined) refuse('gadget-partial-invalid', `${where}.partial`, `"${unknown}" is unknown or repeated.`);
  const schema = parseSchema(readText(map.get('schema'), `${where}.schema`), partial, where);

  const bootloader = readText(map.get('bootloader'), `${where}.bootloader`) || undefined;
  if (bootloader !== undefined && !(BOOTLOADERS as readonly string[]).includes(bootloader)) {
    refuse('gadget-bootloader-invalid', `${where}.bootloader`, `"${bootloader}" is not one of ${BOOTLOADERS.join(', ')}.`);
  }
  if (bootloader === 'piboot' && !hasModes(rules)) refuse('gadget-bootloader-invalid', `${where}.bootloader`, 'piboot came with Ubuntu Core 20; the model is older.');
  const id = readText(map.get('id'), `${where}.id`) || undefined;
  if (schema === 'emmc' && (bootloader !== undefined || id !== undefined || partial.length > 0)) {
    refuse('gadget-volume-invalid', where, 'an emmc volume has no bootloader, id or partial.');
  }
  const structures = readList(map.get('structure'), `${where}.structure`, MAX_STRUCTURES).map((value, i) => {
    const path = `${where}.structure[${i}]`;
    return parseStructure(readMap(value, path), { yamlIndex: i, where: path, schema, partial, rules });
  });
  checkNames(structures.map((s) => s.name), where);
  return { name, schema, partial, bootloader: bootloader as Bootloader | undefined, id, structures: labelStructures(structures, rules, where) };
}

function parseSchema(text: string, partial: string[], where: string): Volume['schema'] {
  if (partial.includes('schema')) {
    if (text !== '') refuse('gadget-schema-invalid', `${where}.schema`, 'the schema is left to an installer, and given all the same.');
    return '';
  }
  const schema = text || 'gpt';
  if (schema !== 'gpt' && schema !== 'mbr' && schema !== 'emmc') refuse('gadget-schema-invalid', `${where}.schema`, `"${schema.slice(0, 80)}" is not gpt, mbr or emmc.`);
  return schema;
}

/** Labels are given their implied values, and stand once in a volume; beside a FAT label, case does not count. */
function labelStructures(structures: Structure[], rules: GadgetRules, where: string): Structure[] {
  const taken: { label: string; isFat: boolean }[] = [];
  const take = (label: string, s: Structure): boolean => {
    const isFat = isFatName(s.filesystem);
    if (taken.some((other) => other.label === label || ((isFat || other.isFat) && other.label.toLowerCase() === label.toLowerCase()))) return false;
    taken.push({ label, isFat });
    return true;
  };
  structures.forEach((s, i) => {
    if (s.label !== '' && !take(s.label, s)) refuse('gadget-label-invalid', `${where}.structure[${i}].filesystem-label`, `The label "${s.label.slice(0, 80)}" stands twice in the volume.`);
  });
  return structures.map((s, i) => {
    const label = s.label || s.type === 'mbr' ? undefined : impliedLabel(s.role, rules);
    if (label === undefined) return s;
    if (!take(label, s)) refuse('gadget-label-invalid', `${where}.structure[${i}]`, `the role ${s.role} implies the label ${label}, which another structure has.`);
    return { ...s, label };
  });
}

/** Which disk each volume goes to is found out on the device; here only that what is written makes sense. */
function checkAssignments(top: YamlMap, volumes: Volume[]): void {
  const seen = new Set<string>();
  readList(top.get('volume-assignments'), 'volume-assignments', 100).forEach((value, i) => {
    const where = `volume-assignments[${i}]`;
    const variant = readMap(value, where);
    readText(variant.get('assignment-name'), `${where}.assignment-name`);
    const assigned = [...readMap(variant.get('assignment'), `${where}.assignment`)].map(([name, map]) => {
      if (!volumes.some((v) => v.name === name)) refuse('gadget-volume-invalid', `${where}.assignment`, `there is no volume "${name.slice(0, 80)}".`);
      const device = readText(readMap(map, `${where}.assignment.${name}`).get('device'), `${where}.assignment.${name}.device`);
      if (!/^\/dev\/disk\/by-(?:path|id)/.test(device)) refuse('gadget-volume-invalid', `${where}.assignment.${name}.device`, 'a device is named by its path under /dev/disk/by-path or /dev/disk/by-id.');
      return `${name}${device}`;
    });
    if (assigned.length === 0) refuse('gadget-volume-invalid', `${where}.assignment`, 'no volume is assigned.');
    const key = assigned.sort().join(' ');
    if (seen.has(key)) refuse('gadget-volume-invalid', where, 'another assignment is the same.');
    seen.add(key);
  });
}

function checkNames(names: string[], where: string): void {
  names.forEach((name, i) => {
    if (name !== '' && names.indexOf(name) !== i) refuse('gadget-name-invalid', `${where}.structure[${i}].name`, `"${name}" is used twice.`);
  });
}

function parseConnections(top: YamlMap): Gadget['connections'] {
  return readList(top.get('connections'), 'connections', 1000).map((value, i) => {
    const where = `connections[${i}]`;
    const map = readMap(value, where);
    const plug = readOwnText(map.get('plug'), `${where}.plug`) ?? '';
    const slot = readOwnText(map.get('slot'), `${where}.slot`) ?? `system:${plug.split(':')[1] ?? ''}`;
    for (const [side, text] of [['plug', plug], ['slot', slot]] as const) {
      if (!/^[^:]+:[^:]+$/.test(text)) {
        refuse('gadget-connection-invalid', `${where}.${side}`, `"${text.slice(0, 80)}" is not <snap id or "system">:<name>.`);
      }
    }
    return { plug, slot };
  });
}

function parseKernelCmdline(top: YamlMap): Gadget['kernelCmdline'] {
  const map = readMap(top.get('kernel-cmdline'), 'kernel-cmdline');
  const listOf = <Item>(key: string, read: (text: string | undefined, where: string) => Item): Item[] =>
    readList(map.get(key), `kernel-cmdline.${key}`, 1000).map((item, i) => {
      const where = `kernel-cmdline.${key}[${i}]`;
      return read(readOwnText(item, where), where);
    });
  // An item that says nothing is an argument without a name, to snapd too.
  const readPattern = (text: string | undefined, where: string) => (text === undefined ? { name: '', value: '' } : parsePattern(text, where));
  const readArgument = (text: string | undefined, where: string) => {
    if (text === undefined) return { name: '', value: '', isQuoted: false };
    return ['~', 'null'].includes(text) ? refuse('gadget-cmdline-invalid', where, `snapd cannot read an argument ${text}.`) : parseOneArgument(text, where);
  };
  return { allow: listOf('allow', readPattern), append: listOf('append', readArgument), remove: listOf('remove', readPattern) };
}
