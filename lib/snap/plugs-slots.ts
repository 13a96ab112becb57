import type { App } from './check-apps';
import { isInterface } from './interfaces';
import type { SnapInfo } from './snap-yaml';
import { assertAttribute, assertTextKeys, at, mapOf, refuseAt, shown, textOf } from './typed-yaml';
import { asString, YamlMap, type YamlValue } from './yaml-value';

/** A plug or slot by its name. */
export type Ends = ReadonlyMap<string, { interface: string; attributes: YamlMap }>;

const NAME = /^[a-z](?:-?[a-z0-9])*$/;
const isText = (value: YamlValue): boolean => asString(value) !== undefined;

/** The plugs or the slots of a snap.yaml that it defines itself: the name of an interface, a map, or nothing (snapd snap/info_snap_yaml.go). Throws AppError `snap-yaml-invalid`. */
export function endsOf(value: YamlValue | undefined, key: 'plugs' | 'slots'): Ends {
  return new Map([...mapOf(value, key)].map(([name, each]) => {
    const where = at(key, name);
    if (each instanceof YamlMap) return [name, { interface: readAttributes(each, where) ?? name, attributes: each }];
    if (Array.isArray(each) || (each.kind !== 'null' && !isText(each))) return refuseAt(where, 'must be the name of an interface, or a map.');
    return [name, { interface: textOf(each, where) ?? name, attributes: new YamlMap() }];
  }));
}

/** The interface that it names. */
function readAttributes(attributes: YamlMap, where: string): string | undefined {
  for (const [key, value] of assertTextKeys(attributes, where)) {
    if (key === '' || key.startsWith('$')) refuseAt(where, key === '' ? 'has an attribute without a name.' : `has the attribute ${shown(key)}, and names with $ are snapd's own.`);
    if (key !== 'interface' && key !== 'label') assertAttribute(value, at(where, key));
    else if (!isText(value)) refuseAt(at(where, key), 'must be a text; put it in quotes.');
  }
  const named = attributes.get('interface');
  return named && textOf(named, where);
}

/** Whether an app may use the plug of this name: its own, or one that nobody claims. */
export const hasPlug = (app: App, name: string, plugs: Ends, claimed: ReadonlySet<string>): boolean => app.plugs.includes(name) || (plugs.has(name) && !claimed.has(name));

type End = { interface: string; attributes: YamlMap | undefined };

/** snapd interfaces/core.go isValidBusName, interfaces/builtin/dbus.go */
const BUS_NAME = /^[a-zA-Z_-][a-zA-Z0-9_-]*(?:\.[a-zA-Z_-][a-zA-Z0-9_-]*)+$/;

function isOnBus(attributes: YamlMap | undefined): boolean {
  const word = (key: string): string => {
    const value = attributes?.get(key);
    return value !== undefined && isText(value) ? (textOf(value, key) ?? '') : '';
  };
  const name = word('name');
  const isName = name.length <= 255 && BUS_NAME.test(name) && !/-[0-9]+$/.test(name);
  return isName && ['system', 'session'].includes(word('bus'));
}

/**
 * Whether snapd takes notice of it: it drops those that break the rules of their interface
 * (snapd interfaces/builtin/all.go SanitizePlugsSlots). Of these rules, those of content and dbus are known here.
 */
function isUsable(name: string, end: End, ofContent: readonly { name: string }[]): boolean {
  if (!NAME.test(name) || !isInterface(end.interface)) return false;
  if (end.interface === 'content') return ofContent.some((each) => each.name === name);
  return end.interface !== 'dbus' || isOnBus(end.attributes);
}

const endOf = (name: string, ends: Ends): End => ends.get(name) ?? { interface: name, attributes: undefined };

/** A plug and a slot cannot share a name. What snapd drops is not looked at. */
export function assertNoNameTwice(
  plugs: ReadonlySet<string>,
  slots: ReadonlySet<string>,
  defined: { plugs: Ends; slots: Ends },
  info: SnapInfo,
): void {
  const isTwice = (name: string): boolean =>
    slots.has(name) &&
    isUsable(name, endOf(name, defined.plugs), info.contentPlugs) &&
    isUsable(name, endOf(name, defined.slots), info.contentSlots);
  const twice = [...plugs].find(isTwice);
  if (twice !== undefined) refuseAt(at('plugs', twice), 'has the name of a slot; give it another.');
}

/** Slots of dbus that start a service (snapd snap/info_snap_yaml.go, snap/validate.go validateAppActivatesOn). */
export function assertActivation(apps: readonly App[], slots: Ends, info: SnapInfo): void {
  const starts = new Map<string, App>();
  for (const app of apps) {
    const where = at(app.where, 'activates-on');
    for (const name of app.activatesOn) {
      // Whether snapd finds a slot that only another app names is chance: it reads apps in random order.
      if (!slots.has(name) && !app.slots.includes(name)) {
        refuseAt(where, `has ${shown(name)}, which is no slot of the snap; define it under slots.`);
      }
      const slot = endOf(name, slots);
      if (!isUsable(name, slot, info.contentSlots)) continue;
      if (app.daemon === '') refuseAt(where, 'is for services, and the app has no daemon.');
      if (slot.interface !== 'dbus') {
        const why = 'only a slot of dbus starts a service';
        refuseAt(where, `has the slot ${shown(name)} of the interface ${slot.interface}; ${why}.`);
      }
      const bus = textOf(slot.attributes?.get('bus'), where);
      if (bus !== (app.scope === 'user' ? 'session' : 'system')) {
        const why = `which is not that of a ${app.scope} service`;
        refuseAt(where, `has the slot ${shown(name)} of the ${bus} bus, ${why}.`);
      }
      if ((starts.get(name) ?? app) !== app) {
        refuseAt(where, `has the slot ${shown(name)}, which starts another app too.`);
      }
      starts.set(name, app);
    }
  }
}
