import { assertApps, assertChain, assertEnvironment, readApps, type App } from './check-apps';
import { assertLayout } from './check-layout';
import { COMPONENT_TYPES } from './component-yaml';
import { assertEpoch } from './epoch';
import { whyNotLinks } from './links';
import { isSnapName, whyNotSnapName } from './names';
import { assertActivation, assertNoNameTwice, endsOf, hasPlug } from './plugs-slots';
import { whyNotSnapLicense } from './snap-license';
import type { SnapInfo } from './snap-yaml';
import { assertAttribute, assertTextKeys, at, mapOf, ownTextOf, refuseAt, shown, textOf, textsOf } from './typed-yaml';
import { parseYaml } from './yaml';
import { asString, isNothing, YamlMap, type YamlValue } from './yaml-value';

const TYPES = ['app', 'application', 'base', 'gadget', 'kernel', 'os', 'snapd'];
const HOOK = /^(?:prepare-device|install-device|prepare-serial-request|default-configure|configure|install|pre-refresh|post-refresh|remove|check-health|fde-setup|gate-auto-refresh|(?:un)?prepare-(?:plug|slot)-[-a-z0-9]+|(?:dis)?connect-(?:plug|slot)-[-a-z0-9]+|(?:change|save|query|load|observe)-view-.+)$/;
const HOOK_NAME = /^[a-z](?:-?[a-z0-9])*$/;
const COMPONENT_HOOKS = ['install', 'pre-refresh', 'post-refresh', 'remove'];
const USERNAME = /^(?:_[-a-z0-9._]+_|[a-z0-9][-a-z0-9._]*)$/;
/** In characters. */
const MAX_TITLE = 40;
const MAX_SUMMARY = 128;
const MAX_DESCRIPTION = 4096;

/**
 * The rules that snapd holds every snap to when it is installed or put into an image, beyond what an image needs to know (snapd snap/validate.go, Validate).
 * `file` is the snap.yaml that `info` was read of, `implicitHooks` the names in the snap's folder meta/hooks. Throws AppError `yaml-invalid` or `snap-yaml-invalid`.
 */
export function assertSnapYaml(file: string | Uint8Array, info: SnapInfo, implicitHooks: readonly string[] = []): void {
  const yaml = mapOf(parseYaml(file, 'meta/snap.yaml'), '');
  assertTop(yaml, info);
  assertEpoch(yaml.get('epoch'));
  const apps = readApps(yaml.get('apps'));
  const hooks = readHooks(yaml.get('hooks'));
  const ofComponents = assertComponents(yaml.get('components'), info);
  assertHooks(new Set([...hooks.keys(), ...implicitHooks].filter((name) => HOOK.test(name))), info);
  if (info.base === 'none' && (apps.length > 0 || [...hooks.keys(), ...implicitHooks].some((name) => HOOK.test(name)))) refuseAt('base', 'is none, and the snap has apps or hooks, which need one.');
  assertPlugsAndSlots(yaml, info, apps, hooks, ofComponents);
  assertUsers(yaml.get('system-usernames'));
  assertLinks(yaml.get('links'));
  assertLayout(yaml.get('layout'), info.name);
}

function assertTop(yaml: YamlMap, info: SnapInfo): void {
  const word = (key: string) => textOf(yaml.get(key), key);
  const type = ownTextOf(yaml.get('type'), 'type');
  if (type !== undefined && !TYPES.includes(type)) refuseAt('type', `is ${shown(type)}; snapd knows ${TYPES.join(', ')}.`);
  if (ownTextOf(yaml.get('confinement'), 'confinement') === '') refuseAt('confinement', 'is empty; leave it out, or write strict, devmode or classic.');
  if (info.version === '') refuseAt('version', 'is missing.');
  if (word('provenance') === 'global-upload') refuseAt('provenance', 'is global-upload, which is what a snap has that says nothing; leave it out.');
  if (!['', 'devel', 'stable'].includes(word('grade') ?? '')) refuseAt('grade', `is ${shown(word('grade')!)}; snapd knows devel and stable.`);
  assertLength(word('title'), 'title', MAX_TITLE);
  assertLength(word('description'), 'description', MAX_DESCRIPTION);
  word('summary');
  const license = info.license === '' ? undefined : whyNotSnapLicense(info.license);
  if (license !== undefined) refuseAt('license', license);
  for (const key of ['architectures', 'assumes']) textsOf(yaml.get(key), key);
  assertEnvironment(yaml.get('environment'), 'environment');
  if ((info.type === 'core' || info.type === 'base') && info.base !== undefined && info.base !== 'none') refuseAt('base', `is ${info.base}, and a snap of type ${type} has none.`);
  const layouts = yaml.get('layouts');
  if (!isNothing(layouts) || ownTextOf(layouts, 'layouts') !== undefined) refuseAt('layouts', 'is no key of it; write layout.');
}

function assertLength(text: string | undefined, where: string, most: number): void {
  const length = [...(text ?? '')].length;
  if (length > most) refuseAt(where, `has ${length} characters; at most ${most} are taken.`);
}

type Hook = { plugs: string[]; slots: string[] };

function readHooks(value: YamlValue | undefined, under = 'hooks'): Map<string, Hook> {
  return new Map([...mapOf(value, under)].map(([name, each]) => {
    const where = at(under, name);
    const yaml = mapOf(each, where);
    // A hook that snapd does not know is none to it.
    if (HOOK.test(name) && !HOOK_NAME.test(name)) refuseAt(where, 'is no name of a hook: it has lower-case letters and digits, and single hyphens between them.');
    if (HOOK.test(name)) assertChain(yaml, where);
    else textsOf(yaml.get('command-chain'), at(where, 'command-chain'));
    assertEnvironment(yaml.get('environment'), at(where, 'environment'));
    return [name, { plugs: textsOf(yaml.get('plugs'), at(where, 'plugs')), slots: textsOf(yaml.get('slots'), at(where, 'slots')) }];
  }));
}

/** Which hooks may be there together (snapd snap/validate.go, validateHooks). */
function assertHooks(hooks: ReadonlySet<string>, { type }: SnapInfo): void {
  for (const name of hooks) if (!HOOK_NAME.test(name)) refuseAt(at('hooks', name), 'is no name of a hook: it has lower-case letters and digits, and single hyphens between them.');
  const isSystem = type === 'snapd' || type === 'base' || type === 'core';
  if (isSystem && hooks.has('default-configure')) refuseAt('hooks.default-configure', `cannot be in a snap of type ${type}.`);
  if (isSystem && type !== 'core' && hooks.has('configure')) refuseAt('hooks.configure', `cannot be in a snap of type ${type}.`);
  if (hooks.has('default-configure') && !hooks.has('configure')) refuseAt('hooks.default-configure', 'needs the hook configure beside it.');
}

/** The plugs that hooks of components claim. */
function assertComponents(value: YamlValue | undefined, info: SnapInfo): string[] {
  return [...mapOf(value, 'components')].flatMap(([name, each]) => {
    const where = at('components', name);
    if (!isSnapName(name)) refuseAt(where, `${whyNotSnapName(name)}.`);
    const yaml = mapOf(each, where);
    const type = ownTextOf(yaml.get('type'), at(where, 'type'));
    if (type !== undefined && !COMPONENT_TYPES.some((known) => known === type)) refuseAt(at(where, 'type'), `is ${shown(type)}; snapd knows ${COMPONENT_TYPES.join(', ')}.`);
    if (type === 'kernel-modules' && info.type !== 'kernel') refuseAt(at(where, 'type'), `is kernel-modules, which a kernel alone has, and this snap is of type ${info.type}.`);
    assertLength(textOf(yaml.get('summary'), at(where, 'summary')), at(where, 'summary'), MAX_SUMMARY);
    assertLength(textOf(yaml.get('description'), at(where, 'description')), at(where, 'description'), MAX_DESCRIPTION);
    const hooks = readHooks(yaml.get('hooks'), at(where, 'hooks'));
    for (const [hook, { slots }] of hooks) {
      if (!COMPONENT_HOOKS.includes(hook)) refuseAt(at(where, 'hooks'), `has ${shown(hook)}; a component has the hooks ${COMPONENT_HOOKS.join(', ')}.`);
      if (slots.length > 0) refuseAt(at(at(where, 'hooks'), hook), 'has slots, which a component cannot have.');
    }
    return [...hooks.values()].flatMap(({ plugs }) => plugs);
  });
}

function assertPlugsAndSlots(yaml: YamlMap, info: SnapInfo, apps: App[], hooks: ReadonlyMap<string, Hook>, ofComponents: string[]): void {
  const defined = { plugs: endsOf(yaml.get('plugs'), 'plugs'), slots: endsOf(yaml.get('slots'), 'slots') };
  const known = [...hooks].filter(([name]) => HOOK.test(name)).map(([, hook]) => hook);
  const claimed = new Set([...apps.flatMap(({ plugs }) => plugs), ...known.flatMap(({ plugs }) => plugs), ...ofComponents]);
  const slots = new Set([...defined.slots.keys(), ...apps.flatMap((app) => app.slots), ...known.flatMap((hook) => hook.slots)]);
  assertApps(apps, { name: info.name, isClassic: info.confinement === 'classic', hasNetworkBind: (app) => hasPlug(app, 'network-bind', defined.plugs, claimed) });
  assertActivation(apps, defined.slots, info);
  // Of the old core snap snapd gives two plugs other names.
  const plugs = [...defined.plugs.keys(), ...claimed].filter((name) => info.name !== 'core' || !['network-bind', 'core-support'].includes(name));
  assertNoNameTwice(new Set(plugs), slots, defined, info);
}

function assertUsers(value: YamlValue | undefined): void {
  for (const [name, each] of mapOf(value, 'system-usernames')) {
    const where = at('system-usernames', name);
    if (!USERNAME.test(name)) refuseAt(where, 'is no name of a user.');
    if (!(each instanceof YamlMap)) {
      if (!asString(each)) refuseAt(where, 'must say its scope, such as shared.');
      continue;
    }
    for (const [key, attribute] of assertTextKeys(each, where)) assertAttribute(attribute, at(where, key));
    if (!asString(each.get('scope')) || each.has('')) refuseAt(where, 'must say its scope, such as shared.');
  }
}

function assertLinks(value: YamlValue | undefined): void {
  const why = whyNotLinks(new Map([...mapOf(value, 'links')].map(([kind, list]) => [kind, textsOf(list, at('links', kind))])));
  if (why !== undefined) refuseAt('links', why);
}
