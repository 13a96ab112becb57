import { parseYamlWith, type Yaml } from '../snap/yaml';
import { resolveScalar } from '../snap/yaml-scalars';
import { refuse } from './gadget';

/** Whether snapd can set it: text, a boolean, a number within 64 bits. */
const isSettable = (text: string, plain: boolean): boolean => !plain || 'text' in resolveScalar(text);

/** A key that Go takes for a number or a boolean; no YAML has a NUL. */
const ODD = '\0';
const markKey = (text: string, plain: boolean): string => (plain && !['text', 'timestamp'].includes(resolveScalar(text).kind) ? `${ODD}${text}` : text);

/** Below `defaults` stand values that a configuration can hold, down to the last of them (snapd metautil/normalize.go). Throws AppError `gadget-defaults-invalid`. */
export function assertDefaults(yamlText: string): void {
  const top = parseYamlWith(yamlText, 'gadget.yaml', isSettable, undefined, markKey);
  const defaults = top instanceof Map ? top.get('defaults') : undefined;
  if (!(defaults instanceof Map)) return;
  // A stanza may be empty, and its own keys are texts whatever they look like.
  for (const [key, stanza] of defaults) {
    if (stanza instanceof Map) for (const [name, value] of stanza) assertSettable(`defaults.${key}.${name.replace(ODD, '')}`, value);
  }
}

function assertSettable(where: string, value: Yaml<boolean>): void {
  if (value instanceof Map) {
    for (const [key, each] of value) {
      if (key.startsWith(ODD)) refuse('gadget-defaults-invalid', where, `the key ${key.slice(1, 80)} is read as a number, a boolean or nothing; put it in quotes.`);
      assertSettable(`${where}.${key}`, each);
    }
  }
  if (Array.isArray(value)) value.forEach((each, i) => assertSettable(`${where}[${i}]`, each));
  if (value === false) refuse('gadget-defaults-invalid', where, 'no value stands here that can be set; write one, in quotes if it is a text, or leave it out.');
}
