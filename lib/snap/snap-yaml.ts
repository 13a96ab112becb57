import { MIXED_NAME } from '../assertion/scalars';
import type { SystemUsername } from './system-usernames';
import { isSnapName, whyNotSnapName, type SnapType } from './names';
import { mapOf, refuseAt, textOf, textsOf } from './typed-yaml';
import { parseYaml } from './yaml';
import { asList, asMap, asString, asText, YamlMap, type YamlValue } from './yaml-value';

export type ContentPlug = {
  name: string;
  /** The tag that a slot must have; the plug's name where nothing is said. Empty for one that goes by a compatibility label, which no tag fits. */
  content: string;
  /** The snap that is to provide it, without a slot's name; undefined when none is asked for. */
  defaultProvider: string | undefined;
};
export type ContentSlot = { name: string; content: string };

export type SnapInfo = {
  name: string;
  version: string;
  /** Missing means app; the name snapd is always snapd; `os` is told as core. */
  type: SnapType;
  /** undefined: none is declared (apps and gadgets then need `core`). `none`: it needs nothing. */
  base: string | undefined;
  /** `all`, or Debian's names. */
  architectures: string[];
  confinement: 'strict' | 'devmode' | 'classic';
  /** `global-upload` where nothing is said. */
  provenance: string;
  title: string;
  summary: string;
  contentPlugs: ContentPlug[];
  contentSlots: ContentSlot[];
  /** `links` of the snap, by kind. */
  links: Record<string, string[]>;
  /** An SPDX expression, as its author wrote it; empty where nothing is said. */
  license: string;
  /** What it asks of the snapd that installs it: `snapd2.60`, or names of features. */
  assumes: string[];
  systemUsernames: SystemUsername[];
  /** It has services that run for users, not for the system. */
  hasUserDaemons: boolean;
  /** Type of each component that it declares. */
  components: ReadonlyMap<string, string>;
};

/** snapd snap/validate.go ValidateVersion. */
export const VERSION = /^[a-zA-Z0-9](?:[a-zA-Z0-9:.+~-]{0,30}[a-zA-Z0-9+~])?$/;

const TYPES = new Map<string, SnapType>([
  ['app', 'app'],
  ['application', 'app'],
  ['base', 'base'],
  ['gadget', 'gadget'],
  ['kernel', 'kernel'],
  ['os', 'core'],
  ['core', 'core'],
  ['snapd', 'snapd'],
]);

const refuse = (sentence: string): never => refuseAt('', sentence);

/** An empty text says nothing. */
const optionalText = (yaml: YamlMap, key: string): string | undefined => textOf(yaml.get(key), key) || undefined;

function readType(yaml: YamlMap, name: string): SnapType {
  const word = optionalText(yaml, 'type') ?? 'app';
  const type = TYPES.get(word) ?? refuse(`type is "${word}"; snapd knows app, base, gadget, kernel, os and snapd.`);
  return name === 'snapd' ? 'snapd' : type;
}

function readArchitectures(yaml: YamlMap): string[] {
  const words = textsOf(yaml.get('architectures'), 'architectures');
  return words.length === 0 ? ['all'] : words;
}

function readConfinement(yaml: YamlMap): SnapInfo['confinement'] {
  const word = optionalText(yaml, 'confinement') ?? 'strict';
  return word === 'strict' || word === 'devmode' || word === 'classic' ? word : refuse(`confinement is "${word}"; snapd knows strict, devmode and classic.`);
}

/** Plugs or slots of the interface `content`, in their three spellings: a name, a map, or nothing (the name is the interface). */
function contentEnds(yaml: YamlMap, key: 'plugs' | 'slots'): { name: string; attributes: YamlMap }[] {
  return [...mapOf(yaml.get(key), key)].flatMap(([name, value]) => {
    const attributes = asMap(value) ?? new YamlMap();
    const spelled = asString(value) ?? asString(attributes.get('interface'));
    return (spelled ?? name) === 'content' ? [{ name, attributes }] : [];
  });
}

/** An old spelling is `snap:slot`. */
const readProvider = (value: YamlValue | undefined): string | undefined => asString(value)?.split(':')[0] || undefined;

/** What AppArmor would read as a pattern. */
const PATTERN = /[?*[\]{}^"\0]/;

/** A path that snapd takes for shared content: as clean as Go's filepath.Clean leaves it, and not out of its folder. */
const isContentPath = (value: YamlValue | undefined): boolean => {
  const path = asString(value);
  if (!path || PATTERN.test(path)) return false;
  if (path === '.' || path === '/') return true;
  return path.replace(/^\//, '').split('/').every((part) => !['', '.', '..'].includes(part));
};

const contentOf = (name: string, attributes: YamlMap): string => asString(attributes.get('content')) || (asString(attributes.get('compatibility')) ? '' : name);

/** A parenthesis, an operator with white space behind it, or a label. */
const COMPATIBILITY =
  /(\s*)(?:([()])|(AND|OR)(?=\s)|[a-z][a-z0-9]*(?:-(?:[a-z][a-z0-9]*|[0-9]+|\([0-9]+\.\.[0-9]+\)))*)/y;

/** Labels joined by AND or OR, in parentheses or not (snapd interfaces/compatibility). */
function isCompatibility(text: string): boolean {
  let depth = 0;
  let isBehindLabel = false;
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = COMPATIBILITY.lastIndex) {
    COMPATIBILITY.lastIndex = at;
    const [found, space, parenthesis, operator] = COMPATIBILITY.exec(text) ?? [];
    const mayFollow = operator === undefined ? isBehindLabel === (parenthesis === ')') : isBehindLabel && space !== '';
    if (found === undefined || !mayFollow) return false;
    if (parenthesis !== undefined) depth += parenthesis === '(' ? 1 : -1;
    if (depth < 0) return false;
    isBehindLabel = operator === undefined && parenthesis !== '(';
  }
  return depth === 0 && isBehindLabel;
}

/** snapd takes no notice of plugs and slots that break their interface's rules (snapd interfaces/builtin/content.go). */
function isLabelled(attributes: YamlMap): boolean {
  if (!attributes.has('compatibility')) return true;
  const compatibility = asString(attributes.get('compatibility'));
  return compatibility === '' || (compatibility !== undefined && !asString(attributes.get('content')) && isCompatibility(compatibility));
}

const isUsablePlug = ({ attributes }: { attributes: YamlMap }): boolean => isLabelled(attributes) && isContentPath(attributes.get('target'));

function isUsableSlot({ attributes }: { attributes: YamlMap }): boolean {
  const source = attributes.get('source');
  if (source !== undefined && (attributes.has('read') || attributes.has('write'))) return false;
  const at = asMap(source) ?? attributes;
  const listed = (['read', 'write'] as const).map((key) => asList(at.get(key)) ?? []);
  const paths = listed.filter((list) => list.every((path) => asString(path) !== undefined)).flat();
  return isLabelled(attributes) && paths.length > 0 && paths.every(isContentPath);
}

function isUserDaemon(app: YamlValue): boolean {
  const map = asMap(app);
  return asText(map?.get('daemon-scope')) === 'user' && (asText(map?.get('daemon')) ?? '') !== '';
}

/** A name with its scope, which may stand alone or in a map. */
function readUsernames(yaml: YamlMap): SystemUsername[] {
  return [...(asMap(yaml.get('system-usernames')) ?? [])].map(([name, value]) => ({
    name,
    scope: asText(asMap(value)?.get('scope') ?? value) ?? '',
  }));
}

function readLinks(yaml: YamlMap): Record<string, string[]> {
  const links: Record<string, string[]> = Object.create(null);
  for (const [kind, value] of asMap(yaml.get('links')) ?? []) {
    const urls = (asList(value) ?? [value]).map(asText).filter((url): url is string => Boolean(url));
    if (urls.length > 0) links[kind] = urls;
  }
  return links;
}

/**
 * Reads a snap's `meta/snap.yaml` (snapd snap/info_snap_yaml.go), as far as an image needs it.
 * Throws AppError `yaml-invalid` or `snap-yaml-invalid`.
 */
export function parseSnapYaml(file: string | Uint8Array): SnapInfo {
  const yaml = mapOf(parseYaml(file, 'meta/snap.yaml'), 'it');
  const name = optionalText(yaml, 'name') ?? refuse('name is missing.');
  if (!isSnapName(name)) return refuse(`the name "${name}" ${whyNotSnapName(name)}.`);
  const base = optionalText(yaml, 'base');
  if (base !== undefined && base !== 'none' && !isSnapName(base)) return refuse(`the base "${base}" ${whyNotSnapName(base)}.`);
  const provenance = optionalText(yaml, 'provenance') ?? 'global-upload';
  if (!MIXED_NAME.test(provenance)) return refuse(`the provenance "${provenance}" is not one.`);
  const version = optionalText(yaml, 'version') ?? '';
  if (version !== '' && !VERSION.test(version)) return refuse(`the version "${version.slice(0, 64)}" is not one.`);
  return {
    name,
    version,
    type: readType(yaml, name),
    base,
    architectures: readArchitectures(yaml),
    confinement: readConfinement(yaml),
    provenance,
    title: optionalText(yaml, 'title') ?? '',
    summary: optionalText(yaml, 'summary') ?? '',
    contentPlugs: contentEnds(yaml, 'plugs').filter(isUsablePlug).map(({ name: plug, attributes }) => ({
      name: plug,
      content: contentOf(plug, attributes),
      defaultProvider: readProvider(attributes.get('default-provider')),
    })),
    contentSlots: contentEnds(yaml, 'slots').filter(isUsableSlot).map(({ name: slot, attributes }) => ({ name: slot, content: contentOf(slot, attributes) })),
    links: readLinks(yaml),
    license: optionalText(yaml, 'license') ?? '',
    assumes: textsOf(yaml.get('assumes'), 'assumes'),
    systemUsernames: readUsernames(yaml),
    hasUserDaemons: [...(asMap(yaml.get('apps'))?.values() ?? [])].some(isUserDaemon),
    components: new Map([...(asMap(yaml.get('components')) ?? [])].map(([component, value]) => [component, asText(asMap(value)?.get('type')) ?? ''])),
  };
}
