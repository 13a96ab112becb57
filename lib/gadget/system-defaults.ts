import { AppError } from '../errors';
import { WELL_KNOWN_SNAP_IDS } from '../snap/names';
import { parseYamlWith, type Yaml } from '../snap/yaml';
import { resolveScalar, type YamlScalar } from '../snap/yaml-scalars';

/** `isText` is false for what YAML reads as a number or as true or false; `text` is then what Go prints of it. */
export type DefaultValue = { text: string; isText: boolean };

/** Options by their whole name, such as `service.ssh.disable`. */
export type SystemDefaults = ReadonlyMap<string, DefaultValue>;

const asDefault = (text: string, plain: boolean): DefaultValue | null => {
  const scalar: YamlScalar = plain ? resolveScalar(text) : { kind: 'text', text };
  // snapd takes neither into a configuration.
  return 'text' in scalar ? { text: scalar.text, isText: scalar.kind === 'text' || scalar.kind === 'timestamp' } : null;
};

/**
 * What gadget.yaml sets in the system's configuration, as snapd reads it (snapd gadget/gadget.go, SystemDefaults): under `system`, or under the id of
 * the snap core. undefined where it sets nothing. Throws AppError `yaml-invalid`, `gadget-defaults-invalid`.
 */
export function readSystemDefaults(gadgetYaml: string): SystemDefaults | undefined {
  const top = parseYamlWith(gadgetYaml, 'gadget.yaml', asDefault);
  const defaults = top instanceof Map ? top.get('defaults') : undefined;
  if (!(defaults instanceof Map)) return undefined;
  const stanzas = new Map([...defaults].map(([key, stanza]) => [key, flattened(stanza)]));
  const options = stanzas.get(stanzas.has('system') ? 'system' : WELL_KNOWN_SNAP_IDS.get('core')!);
  return options && options.size > 0 ? options : undefined;
}

/** Of every snap, for what cannot be set keeps snapd from reading the gadget at all. */
function flattened(stanza: Yaml<DefaultValue | null>): Map<string, DefaultValue> {
  const options = new Map<string, DefaultValue>();
  if (stanza instanceof Map) flatten('', stanza, options);
  return options;
}

function flatten(path: string, map: Map<string, Yaml<DefaultValue | null>>, into: Map<string, DefaultValue>): void {
  for (const [key, value] of map) {
    const name = path === '' ? key : `${path}.${key}`;
    if (value instanceof Map) flatten(name, value, into);
    else into.set(name, printed(name, value));
  }
}

function printed(name: string, value: Exclude<Yaml<DefaultValue | null>, Map<string, unknown>>): DefaultValue {
  if (value === null) throw new AppError('gadget-defaults-invalid', `The gadget's default ${name} has no value that can be set; write one, in quotes if it is a text, or leave it out.`);
  if (!Array.isArray(value)) return value;
  return { text: `[${value.map((item) => (item instanceof Map ? 'map[]' : printed(name, item).text)).join(' ')}]`, isText: false };
}
