import { AppError } from '../errors';
import { wellKnownSnapId } from '../snap/names';
import { parseYamlWith, type Yaml } from '../snap/yaml';
import { resolveScalar } from './yaml-scalars';

/** `isText` is false for what YAML reads as a number or as true or false; `text` is then what Go prints of it. */
export type DefaultValue = { text: string; isText: boolean };

/** Options by their whole name, such as `service.ssh.disable`. */
export type SystemDefaults = ReadonlyMap<string, DefaultValue>;

const asDefault = (text: string, plain: boolean): DefaultValue | null => {
  const scalar = plain ? resolveScalar(text) : ({ kind: 'text', text } as const);
  // snapd takes neither into a configuration.
  if (scalar.kind === 'null' || scalar.kind === 'big-integer') return null;
  return { text: scalar.text, isText: scalar.kind === 'text' || scalar.kind === 'timestamp' };
};

/**
 * What gadget.yaml sets in the system's configuration, as snapd reads it (snapd gadget/gadget.go, SystemDefaults): under `system`, or under the id of
 * the snap core. undefined where it sets nothing. Throws AppError `yaml-invalid`, `gadget-defaults-invalid`.
 */
export function readSystemDefaults(gadgetYaml: string): SystemDefaults | undefined {
  const top = parseYamlWith(gadgetYaml, 'gadget.yaml', asDefault);
  const defaults = top instanceof Map ? top.get('defaults') : undefined;
  const stanza = defaults instanceof Map ? defaults.get(defaults.has('system') ? 'system' : wellKnownSnapId('core')!) : undefined;
  const options = new Map<string, DefaultValue>();
  if (stanza instanceof Map) flatten('', stanza, options);
  return options.size === 0 ? undefined : options;
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
