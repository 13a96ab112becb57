import { MIXED_NAME } from '../assertion/scalars';
import { AppError } from '../errors';
import { isSnapName } from './names';
import { VERSION } from './snap-yaml';
import { parseYaml } from './yaml';
import { asMap, asText, isNothing, YamlMap } from './yaml-value';

export type ComponentInfo = {
  snapName: string;
  name: string;
  type: ComponentType;
  /** Empty: that of its snap. */
  version: string;
  /** `global-upload` where nothing is said. */
  provenance: string;
};

export const COMPONENT_TYPES = ['standard', 'kernel-modules', 'test'] as const;
export type ComponentType = (typeof COMPONENT_TYPES)[number];

const DEFAULT_PROVENANCE = 'global-upload';

const refuse = (sentence: string): never => {
  throw new AppError('component-yaml-invalid', `meta/component.yaml: ${sentence}`);
};

/** `<snap>+<component>`; undefined when it is none. */
export function splitComponent(text: string): { snapName: string; name: string } | undefined {
  const [snapName = '', name = '', ...rest] = text.split('+');
  return rest.length === 0 && isSnapName(snapName) && isSnapName(name) ? { snapName, name } : undefined;
}

const KEYS = ['component', 'type', 'version', 'summary', 'description', 'provenance'];

/** Reads a component's `meta/component.yaml` (snapd snap/component.go): no other keys. Throws AppError `yaml-invalid` or `component-yaml-invalid`. */
export function parseComponentYaml(file: string | Uint8Array): ComponentInfo {
  const top = parseYaml(file, 'meta/component.yaml');
  const yaml = isNothing(top) ? new YamlMap() : (asMap(top) ?? refuse('it must be a map.'));
  if (yaml.fault !== undefined) return refuse(`it cannot be read: ${yaml.fault}.`);
  const strange = [...yaml.keys()].find((key) => !KEYS.includes(key));
  if (strange !== undefined) return refuse(`"${strange.slice(0, 40)}" is no key of it.`);
  const word = (key: string): string => {
    const value = yaml.get(key);
    return isNothing(value) ? '' : (asText(value) ?? refuse(`${key} must be a text.`));
  };
  const ref = splitComponent(word('component')) ?? refuse(`component is "${word('component').slice(0, 80)}"; it must be <snap>+<component>.`);
  if (word('version') !== '' && !VERSION.test(word('version'))) return refuse(`the version "${word('version').slice(0, 64)}" is not one.`);
  const tooLong = ([['summary', 128], ['description', 4096]] as const).find(([key, most]) => [...word(key)].length > most);
  if (tooLong) return refuse(`${tooLong[0]} has more than ${tooLong[1]} characters.`);
  if (word('provenance') === DEFAULT_PROVENANCE) return refuse(`the provenance ${DEFAULT_PROVENANCE} is what a component has that says nothing; leave it out.`);
  if (word('provenance') !== '' && !MIXED_NAME.test(word('provenance'))) return refuse(`the provenance "${word('provenance').slice(0, 64)}" is not one.`);
  const type = COMPONENT_TYPES.find((known) => known === word('type')) ?? refuse(`type is "${word('type').slice(0, 40)}"; snapd knows ${COMPONENT_TYPES.join(' and ')}.`);
  return { ...ref, type, version: word('version'), provenance: word('provenance') || DEFAULT_PROVENANCE };
}
