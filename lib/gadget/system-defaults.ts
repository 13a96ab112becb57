import { WELL_KNOWN_SNAP_IDS } from '../snap/names';
import { YamlMap, type YamlValue } from '../snap/yaml-value';
import { refuse } from './gadget';
import { readMap } from './read-yaml';

/**
 * `isText` is false for what YAML reads as a number or as true or false; `text` is then what Go prints of it.
 */
export type DefaultValue = { text: string; isText: boolean };

/** Options by their whole name, such as `service.ssh.disable`. */
export type SystemDefaults = ReadonlyMap<string, DefaultValue>;

/** Of all names together: keys that nest are repeated in each name below them. */
const MAX_NAME_CHARACTERS = 2 ** 22;

type Flat = { options: Map<string, DefaultValue>; /** Of names that may still come. */ left: number };

/**
 * What `defaults` of gadget.yaml sets in the system's configuration: under `system`, or under the id of the
 * snap core (snapd gadget/gadget.go, InfoFromGadgetYaml and SystemDefaults). undefined where it sets nothing.
 * Below every snap stand values that a configuration can hold, or snapd reads nothing of the gadget
 * (metautil/normalize.go). Throws AppError `gadget-yaml-syntax`, `gadget-defaults-invalid`, `gadget-too-big`.
 */
export function readSystemDefaults(top: YamlMap): SystemDefaults | undefined {
  const stanzas = new Map<string, Map<string, DefaultValue>>();
  let left = MAX_NAME_CHARACTERS;
  for (const [key, stanza] of readMap(top.get('defaults'), 'defaults')) {
    if (key !== 'system' && !/^[A-Za-z0-9]{32}$/.test(key)) {
      refuse('gadget-yaml-syntax', 'defaults', `"${key.slice(0, 80)}" is neither "system" nor a snap id.`);
    }
    const where = `defaults.${key}`;
    const flat: Flat = { options: new Map(), left };
    for (const [name, value] of readMap(stanza, where)) flatten(name, value, flat, where);
    left = flat.left;
    stanzas.set(key, flat.options);
  }
  const options = stanzas.get(stanzas.has('system') ? 'system' : WELL_KNOWN_SNAP_IDS.get('core')!);
  return options && options.size > 0 ? options : undefined;
}

function flatten(name: string, value: YamlValue, into: Flat, parent: string): void {
  into.left -= name.length;
  if (into.left < 0) {
    refuse('gadget-too-big', parent, `the options' names have more than ${MAX_NAME_CHARACTERS} characters.`);
  }
  const where = `${parent}.${name.slice(0, 200)}`;
  if (!(value instanceof YamlMap)) into.options.set(name, printed(value, where));
  else for (const [key, each] of readNested(value, where)) flatten(`${name}.${key}`, each, into, parent);
}

/** Keys of a stanza itself are texts whatever they look like; those below are not. */
function readNested(map: YamlMap, where: string): YamlMap {
  if (map.fault !== undefined) refuse('gadget-defaults-invalid', where, `this cannot be read: ${map.fault}.`);
  const [odd] = map.oddKeys ?? [];
  if (odd !== undefined)
    refuse(
      'gadget-defaults-invalid',
      where,
      `the key ${odd.slice(0, 80)} is read as a number, a boolean or nothing; put it in quotes.`,
    );
  return map;
}

/** As Go prints it. */
function printed(value: Exclude<YamlValue, YamlMap>, where: string): DefaultValue {
  if (Array.isArray(value))
    return {
      text: `[${value.map((item, i) => printedItem(item, `${where}[${i}]`)).join(' ')}]`,
      isText: false,
    };
  switch (value.kind) {
    case 'text':
    case 'timestamp':
    case 'merge':
      return { text: value.text, isText: true };
    case 'unreadable':
      return refuse('gadget-defaults-invalid', where, `this cannot be read: ${value.text}.`);
    case 'null':
    case 'big-integer':
      return refuse(
        'gadget-defaults-invalid',
        where,
        'no value stands here that can be set; write one, in quotes if it is a text, or leave it out.',
      );
    default:
      return { text: value.value, isText: false };
  }
}

function printedItem(value: YamlValue, where: string): string {
  if (!(value instanceof YamlMap)) return printed(value, where).text;
  const entries = [...readNested(value, where)].map(
    ([key, each]) => `${key}:${printedItem(each, `${where}.${key.slice(0, 80)}`)}`,
  );
  return `map[${entries.sort().join(' ')}]`;
}
