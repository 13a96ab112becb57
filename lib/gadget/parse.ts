import type { YamlMap } from '../snap/yaml';
import { BOOTLOADERS, refuse, type Bootloader, type Gadget, type Volume } from './gadget';
import { parseArguments } from './kernel-arguments';
import { parseStructure } from './parse-structure';
import { readList, readMap, readText, readTexts, readYaml } from './read-yaml';

const MAX_VOLUMES = 16;
const MAX_STRUCTURES = 128;

/**
 * gadget.yaml of a UC20+ model, every rule that one structure or one volume can break (snapd gadget/gadget.go, gadget/validate.go); what
 * structures owe each other is `checkGadget`, offsets are `layOut`. Throws AppError with a GadgetErrorCode and the path of what is wrong.
 */
export function parseGadget(yamlText: string): Gadget {
  const top = readYaml(yamlText);
  const named = [...readMap(top.get('volumes'), 'volumes')];
  if (named.length === 0) refuse('gadget-volume-invalid', 'volumes', 'there is no volume; a gadget for Ubuntu Core describes at least one.');
  if (named.length > MAX_VOLUMES) refuse('gadget-too-big', 'volumes', `there are ${named.length} volumes; at most ${MAX_VOLUMES} are taken.`);
  const volumes = named.map(([name, value]) => parseVolume(name, readMap(value, `volumes.${name}`)));

  const withBootloader = volumes.filter((v) => v.bootloader !== undefined);
  if (withBootloader.length !== 1) {
    const found = withBootloader.length === 0 ? 'no volume names one' : `${withBootloader.map((v) => v.name).join(' and ')} all name one`;
    refuse('gadget-bootloader-invalid', 'volumes', `exactly one volume names the bootloader, and ${found}.`);
  }
  return { volumes, defaults: parseDefaults(top), connections: parseConnections(top), kernelCmdline: parseKernelCmdline(top) };
}

function parseVolume(name: string, map: YamlMap): Volume {
  const where = `volumes.${name}`;
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{1,63}$/.test(name)) refuse('gadget-volume-invalid', 'volumes', `"${name.slice(0, 80)}" is no volume name; use letters, digits and dashes.`);
  const schema = readText(map.get('schema'), `${where}.schema`) || 'gpt';
  if (schema !== 'gpt' && schema !== 'mbr' && schema !== 'emmc') refuse('gadget-schema-invalid', `${where}.schema`, `"${schema}" is not gpt, mbr or emmc.`);

  const partial = readTexts(map.get('partial'), `${where}.partial`, 4);
  const unknown = partial.find((p, i) => !['size', 'filesystem', 'schema', 'structure'].includes(p) || partial.indexOf(p) !== i);
  if (unknown !== undefined) refuse('gadget-partial-invalid', `${where}.partial`, `"${unknown}" is unknown or repeated.`);
  const open = partial.filter((p) => p !== 'structure');
  if (open.length > 0) refuse('gadget-partial-invalid', `${where}.partial`, `${open.join(', ')} is left to an installer, so no image can be made; describe it in full.`);

  const bootloader = readText(map.get('bootloader'), `${where}.bootloader`) || undefined;
  if (bootloader !== undefined && !(BOOTLOADERS as readonly string[]).includes(bootloader)) {
    refuse('gadget-bootloader-invalid', `${where}.bootloader`, `"${bootloader}" is not one of ${BOOTLOADERS.join(', ')}.`);
  }
  const id = readText(map.get('id'), `${where}.id`) || undefined;
  if (schema === 'emmc' && (bootloader !== undefined || id !== undefined || partial.length > 0)) {
    refuse('gadget-volume-invalid', where, 'an emmc volume has no bootloader, id or partial.');
  }
  const structures = readList(map.get('structure'), `${where}.structure`, MAX_STRUCTURES).map((value, i) => {
    const path = `${where}.structure[${i}]`;
    return parseStructure(readMap(value, path), { yamlIndex: i, where: path, schema });
  });
  checkNames(structures.map((s) => s.name), where);
  return { name, schema, bootloader: bootloader as Bootloader | undefined, id, structures };
}

function checkNames(names: string[], where: string): void {
  names.forEach((name, i) => {
    if (name !== '' && names.indexOf(name) !== i) refuse('gadget-name-invalid', `${where}.structure[${i}].name`, `"${name}" is used twice.`);
  });
}

function parseDefaults(top: YamlMap): YamlMap {
  const defaults = readMap(top.get('defaults'), 'defaults');
  for (const [key, value] of defaults) {
    if (key !== 'system' && !/^[A-Za-z0-9]{32}$/.test(key)) refuse('gadget-yaml-syntax', 'defaults', `"${key.slice(0, 80)}" is neither "system" nor a snap id.`);
    readMap(value, `defaults.${key}`);
  }
  return defaults;
}

function parseConnections(top: YamlMap): Gadget['connections'] {
  return readList(top.get('connections'), 'connections', 1000).map((value, i) => {
    const where = `connections[${i}]`;
    const map = readMap(value, where);
    const plug = readText(map.get('plug'), `${where}.plug`);
    const slot = readText(map.get('slot'), `${where}.slot`) || `system:${plug.split(':')[1] ?? ''}`;
    for (const [side, text] of [['plug', plug], ['slot', slot]] as const) {
      if (!/^(?:system|[A-Za-z0-9]{32}):[a-z](?:-?[a-z0-9])*$/.test(text)) {
        refuse('gadget-connection-invalid', `${where}.${side}`, `"${text.slice(0, 80)}" is not <snap id or "system">:<name>.`);
      }
    }
    return { plug, slot };
  });
}

function parseKernelCmdline(top: YamlMap): Gadget['kernelCmdline'] {
  const map = readMap(top.get('kernel-cmdline'), 'kernel-cmdline');
  const one = (key: 'allow' | 'append' | 'remove') =>
    readTexts(map.get(key), `kernel-cmdline.${key}`, 1000).map((text, i) => {
      const where = `kernel-cmdline.${key}[${i}]`;
      const args = parseArguments(text, where);
      if (args.length !== 1) refuse('gadget-cmdline-invalid', where, 'write one argument an item.');
      if (key === 'append' && args[0]!.endsWith('=*')) refuse('gadget-cmdline-invalid', where, 'the value * is only for allow and remove.');
      return args[0]!;
    });
  return { allow: one('allow'), append: one('append'), remove: one('remove') };
}
