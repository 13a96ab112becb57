import type { App } from './check-apps';
import type { SnapInfo } from './snap-yaml';
import { assertAttribute, assertTextKeys, at, mapOf, refuseAt, shown, textOf, type TypedMap, type TypedYaml } from './typed-yaml';

/** A plug or slot by its name. */
export type Ends = ReadonlyMap<string, { interface: string; attributes: TypedMap }>;

const NAME = /^[a-z](?:-?[a-z0-9])*$/;
const isText = (value: TypedYaml): boolean => !Array.isArray(value) && !(value instanceof Map) && (value.kind === 'text' || value.kind === 'timestamp');

/** The plugs or the slots of a snap.yaml that it defines itself: the name of an interface, a map, or nothing (snapd snap/info_snap_yaml.go). Throws AppError `snap-yaml-invalid`. */
export function endsOf(value: TypedYaml | undefined, key: 'plugs' | 'slots'): Ends {
  return new Map([...mapOf(value, key)].map(([name, each]) => {
    const where = at(key, name);
    if (each instanceof Map) return [name, { interface: readAttributes(each, where) ?? name, attributes: each }];
    if (Array.isArray(each) || (each.kind !== 'null' && !isText(each))) return refuseAt(where, 'must be the name of an interface, or a map.');
    return [name, { interface: textOf(each, where) ?? name, attributes: new Map() }];
  }));
}

/** The interface that it names. */
function readAttributes(attributes: TypedMap, where: string): string | undefined {
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

const isOnBus = (attributes: TypedMap | undefined): boolean => ['bus', 'name'].every((key) => Boolean(textOf(attributes?.get(key), key)));

/** A plug and a slot cannot share a name. What breaks its interface's rules is not looked at: snapd takes no notice of it. */
export function assertNoNameTwice(plugs: ReadonlySet<string>, slots: ReadonlySet<string>, defined: { plugs: Ends; slots: Ends }, info: SnapInfo): void {
  const isUsed = (name: string, ends: Ends, ofContent: readonly { name: string }[]): boolean => {
    const { interface: kind, attributes } = ends.get(name) ?? { interface: name, attributes: undefined };
    return NAME.test(name) && (kind === 'content' ? ofContent.some((each) => each.name === name) : kind !== 'dbus' || isOnBus(attributes));
  };
  const twice = [...plugs].find((name) => slots.has(name) && isUsed(name, defined.plugs, info.contentPlugs) && isUsed(name, defined.slots, info.contentSlots));
  if (twice !== undefined) refuseAt(at('plugs', twice), 'has the name of a slot; give it another.');
}

/** Slots of D-Bus that start a service (snapd snap/validate.go, validateAppActivatesOn); others are left to who knows their interfaces. */
export function assertActivation(apps: readonly App[], slots: Ends): void {
  const claimed = new Set(apps.flatMap((app) => app.slots));
  const starts = new Map<string, App>();
  for (const app of apps) {
    const where = at(app.where, 'activates-on');
    for (const name of app.activatesOn) {
      const slot = slots.get(name);
      if (!slot && !claimed.has(name)) refuseAt(where, `has ${shown(name)}, which is no slot of the snap.`);
      if (slot?.interface !== 'dbus' || !isOnBus(slot.attributes)) continue;
      if (app.daemon === '') refuseAt(where, 'is for services, and the app has no daemon.');
      const bus = textOf(slot.attributes.get('bus'), where);
      if ((bus === 'system' && app.scope !== 'system') || (bus === 'session' && app.scope !== 'user')) refuseAt(where, `has the slot ${shown(name)} of the ${bus} bus, which is not that of a ${app.scope} service.`);
      if ((starts.get(name) ?? app) !== app) refuseAt(where, `has the slot ${shown(name)}, which starts another app too.`);
      starts.set(name, app);
    }
  }
}
