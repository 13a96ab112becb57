import { assertSocket } from './check-sockets';
import { parseGoDuration } from './go-duration';
import { isSchedule } from './schedule';
import { assertTextKeys, at, mapOf, ownTextOf, refuseAt, shown, textOf, textsOf } from './typed-yaml';
import { YamlMap, type YamlValue } from './yaml-value';

/** An app of a snap.yaml, as far as the rules of others speak of it. */
export type App = { name: string; where: string; yaml: YamlMap; daemon: string; /** Empty: it is no service. */ scope: string; plugs: string[]; slots: string[]; activatesOn: string[]; after: string[]; before: string[] };

const DAEMONS = ['simple', 'forking', 'oneshot', 'dbus', 'notify'];
const STOP_MODES = ['sigterm', 'sighup', 'sigusr1', 'sigusr2', 'sigint'].flatMap((signal) => [signal, `${signal}-all`]);
const RESTART_CONDITIONS = ['no', 'never', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog', 'always'];
const NAME = /^[a-zA-Z0-9](?:-?[a-zA-Z0-9])*$/;
const ALIAS = /^[a-zA-Z0-9][-_.a-zA-Z0-9]*$/;
/** What snap-exec reads out of a command without mistaking it. */
const COMMAND = /^[A-Za-z0-9/. _#:$-]*$/;
const CHAIN = /^[A-Za-z0-9/._#:$-]*$/;
const COMMANDS = ['command', 'stop-command', 'reload-command', 'post-stop-command', 'bus-name'];

export function readApps(value: YamlValue | undefined): App[] {
  return [...mapOf(value, 'apps')].map(([name, each]) => {
    const where = at('apps', name);
    const yaml = mapOf(each, where);
    const word = (key: string) => textOf(yaml.get(key), at(where, key)) ?? '';
    const list = (key: string) => textsOf(yaml.get(key), at(where, key));
    const daemon = word('daemon');
    return { name, where, yaml, daemon, scope: word('daemon-scope') || (daemon === '' ? '' : 'system'), plugs: list('plugs'), slots: list('slots'), activatesOn: list('activates-on'), after: list('after'), before: list('before') };
  });
}

/** What snapd asks of each app of a snap (snapd snap/validate.go, ValidateApp). Throws AppError `snap-yaml-invalid`. */
export function assertApps(apps: readonly App[], snap: { name: string; isClassic: boolean; hasNetworkBind: (app: App) => boolean }): void {
  const byName = new Map(apps.map((app) => [app.name, app]));
  for (const app of apps) {
    if (!NAME.test(app.name)) refuseAt(app.where, 'is no name of an app: use letters, digits and single hyphens between them.');
    assertWords(app);
    assertCommands(app);
    const sockets = mapOf(app.yaml.get('sockets'), at(app.where, 'sockets'));
    if (sockets.size > 0 && !snap.isClassic && !snap.hasNetworkBind(app)) refuseAt(app.where, 'has sockets and no plug network-bind; it needs one.');
    for (const [name, socket] of sockets) assertSocket(name, socket, { where: at(at(app.where, 'sockets'), name), snapName: snap.name, scope: app.scope });
    assertTimes(app);
    assertOrder(app, byName);
    assertEnvironment(app.yaml.get('environment'), at(app.where, 'environment'));
    for (const key of ['completer', 'autostart', 'common-id']) textOf(app.yaml.get(key), at(app.where, key));
  }
  assertNoTwins(apps);
  assertNoCircle(apps);
}

function assertWords({ where, yaml, daemon }: App): void {
  const oneOf = (key: string, words: readonly string[], mayBeEmpty = true): string => {
    const word = mayBeEmpty ? textOf(yaml.get(key), at(where, key)) : ownTextOf(yaml.get(key), at(where, key));
    if (word !== undefined && !(word === '' && mayBeEmpty) && !words.includes(word)) refuseAt(at(where, key), `is ${shown(word)}; snapd knows ${words.join(', ')}.`);
    return word ?? '';
  };
  oneOf('daemon', DAEMONS);
  const ofServices = {
    'daemon-scope': oneOf('daemon-scope', ['system', 'user'], false),
    'stop-mode': oneOf('stop-mode', STOP_MODES),
    'install-mode': oneOf('install-mode', ['enable', 'disable']),
    'restart-condition': oneOf('restart-condition', RESTART_CONDITIONS, false),
  };
  if (daemon === '') for (const [key, word] of Object.entries(ofServices)) if (word !== '') refuseAt(at(where, key), 'is for services, and the app has no daemon.');
  const refresh = oneOf('refresh-mode', ['endure', 'restart', 'ignore-running']);
  if (refresh !== '' && (daemon === '') !== (refresh === 'ignore-running')) refuseAt(at(where, 'refresh-mode'), daemon === '' ? 'can only be ignore-running for an app that is no service.' : 'cannot be ignore-running for a service.');
}

function assertCommands({ where, yaml }: App): void {
  for (const key of COMMANDS) {
    const text = textOf(yaml.get(key), at(where, key)) ?? '';
    if (!COMMAND.test(text)) refuseAt(at(where, key), `is ${shown(text)}; it may have letters, digits, spaces and /._#:$- alone.`);
  }
  assertChain(yaml, where);
}

export function assertChain(yaml: YamlMap, where: string): void {
  const odd = textsOf(yaml.get('command-chain'), at(where, 'command-chain')).find((text) => !CHAIN.test(text));
  if (odd !== undefined) refuseAt(at(where, 'command-chain'), `has ${shown(odd)}; it may have letters, digits and /._#:$- alone.`);
}

export function assertEnvironment(value: YamlValue | undefined, where: string): void {
  if (value instanceof YamlMap) assertTextKeys(value, where);
  for (const [key, each] of mapOf(value, where)) textOf(each, at(where, key));
}

function assertTimes({ where, yaml, daemon }: App): void {
  for (const key of ['start-timeout', 'stop-timeout', 'watchdog-timeout', 'restart-delay']) {
    const text = ownTextOf(yaml.get(key), at(where, key));
    if (text === undefined) continue;
    if (parseGoDuration(text) === undefined) refuseAt(at(where, key), `is ${shown(text)}; write a time such as 30s or 1m30s, not below zero.`);
    if (daemon === '' && /[1-9]/.test(text)) refuseAt(at(where, key), 'is for services, and the app has no daemon.');
  }
  const codes = textsOf(yaml.get('success-exit-status'), at(where, 'success-exit-status'));
  if (codes.length > 0 && daemon === '') refuseAt(at(where, 'success-exit-status'), 'is for services, and the app has no daemon.');
  const odd = codes.find((code) => !/^[-+]?\d+$/.test(code) || Number(code) < 1 || Number(code) > 255);
  if (odd !== undefined) refuseAt(at(where, 'success-exit-status'), `has ${shown(odd)}; an exit code is a number from 1 to 255.`);
  const timer = textOf(yaml.get('timer'), at(where, 'timer')) ?? '';
  if (timer !== '' && daemon === '') refuseAt(at(where, 'timer'), 'is for services, and the app has no daemon.');
  if (timer !== '' && !isSchedule(timer)) refuseAt(at(where, 'timer'), `is ${shown(timer)}, which is no schedule; write one such as mon-fri,10:00-12:00.`);
}

function assertOrder({ where, daemon, scope, after, before }: App, apps: ReadonlyMap<string, App>): void {
  for (const name of [...before, ...after]) {
    if (daemon === '') refuseAt(where, 'has before or after, which is for services, and it has no daemon.');
    const other = apps.get(name);
    if (!other || other.daemon === '') return refuseAt(where, `is to start before or after ${shown(name)}, which is no service of the snap.`);
    if (other.scope !== scope) refuseAt(where, `is to start before or after ${shown(name)}, whose daemon-scope is another.`);
  }
}

/** Aliases and common-ids that two apps share. */
function assertNoTwins(apps: readonly App[]): void {
  const aliases = apps.flatMap((app) => textsOf(app.yaml.get('aliases'), at(app.where, 'aliases')).map((alias) => ({ where: app.where, word: alias })));
  for (const { where, word } of aliases) if (!ALIAS.test(word)) refuseAt(where, `has the alias ${shown(word)}; an alias has letters, digits, and hyphens, dots and underscores between them.`);
  const ids = apps.map((app) => ({ where: app.where, word: textOf(app.yaml.get('common-id'), app.where) ?? '' })).filter(({ word }) => word !== '');
  for (const [list, what] of [[aliases, 'alias'], [ids, 'common-id']] as const) {
    const seen = new Set<string>();
    for (const { where, word } of list) {
      if (seen.has(word)) refuseAt(where, `has the ${what} ${shown(word)}, which is given already.`);
      seen.add(word);
    }
  }
}

/** Services that wait for one another in a circle never start (snapd snap/info.go, SortServices). */
function assertNoCircle(apps: readonly App[]): void {
  const waits = new Map(apps.filter(({ daemon }) => daemon !== '').map((app) => [app.name, new Set(app.after)]));
  for (const { name, before } of apps) for (const other of before) waits.get(other)?.add(name);
  const followers = new Map<string, string[]>();
  for (const [name, others] of waits) for (const other of others) {
    const list = followers.get(other) ?? [];
    list.push(name);
    followers.set(other, list);
  }
  const free = [...waits].filter(([, others]) => others.size === 0).map(([name]) => name);
  for (const name of free) {
    waits.delete(name);
    for (const follower of followers.get(name) ?? []) {
      const left = waits.get(follower);
      left?.delete(name);
      if (left?.size === 0) free.push(follower);
    }
  }
  if (waits.size > 0) refuseAt('apps', `${[...waits.keys()].slice(0, 5).join(', ')} wait for one another in a circle (before and after).`);
}
