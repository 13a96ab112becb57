import { utf8 } from '../bytes';
import { AppError } from '../errors';
import { parseGoDuration } from '../snap/go-duration';
import type { SystemDefaults } from '../gadget/system-defaults';
import type { Warning } from '../warnings';
import { directory, textFile, type TreeEntry } from './tree';

/** Paths from the folder of defaults, which the device copies over its own files at its first start. */
export type WritableDefaults = { tree: TreeEntry[]; warnings: Warning[] };

const MIB = 2 ** 20;
/** snapd features/features.go: what an `experimental.` option may be named. */
const FEATURES = ['parallel-instances', 'hotplug', 'user-daemons', 'hidden-snap-folder', 'move-snap-home-dir', 'check-disk-space-install', 'check-disk-space-refresh', 'check-disk-space-remove', 'gate-auto-refresh-hook', 'quota-groups', 'refresh-app-awareness-ux', 'confdb', 'confdb-control', 'apparmor-prompting', 'content-compatibility-label', 'clustering', 'remote-device-management', 'seed-refresh', 'snap-delta-format'];
/** Those of them that programs beside snapd look for. */
const EXPORTED = ['parallel-instances', 'hidden-snap-folder', 'move-snap-home-dir', 'refresh-app-awareness-ux', 'confdb', 'apparmor-prompting'];
const POWER_KEY_ACTIONS = ['ignore', 'poweroff', 'reboot', 'halt', 'kexec', 'suspend', 'hibernate', 'hybrid-sleep', 'lock'];

/**
 * What of the system's configuration takes effect as files, for UC16/18 (snapd overlord/configstate/configcore, the handlers that need no state); all
 * else the device does when it is seeded. Throws AppError `gadget-defaults-invalid` for a value snapd refuses.
 */
export function planWritableDefaults(defaults: SystemDefaults): WritableDefaults {
  const options = new Options(defaults);
  const tree: TreeEntry[] = [
    directory('etc'),
    ...watchdog(options),
    ...features(options),
    ...network(options),
    ...services(options),
    ...keys(options),
    ...masked('systemd-backlight@.service', options.flag('system.disable-backlight-service') === true),
    ...swap(options),
    ...consoleLogLevel(options),
    ...journal(options),
    ...timeAndName(options),
    ...tmp(options),
    ...storeAccess(options),
  ];
  refuseLater(options);
  return { tree, warnings: options.flag('users.lockout') === true ? [LOCKOUT_LATER] : [] };
}

const LOCKOUT_LATER: Warning = {
  code: 'users-lockout-later',
  message: 'The gadget sets users.lockout, which no file of the image can; devices set it when they are seeded.',
};

class Options {
  constructor(private readonly defaults: SystemDefaults) {}

  has(name: string): boolean {
    return this.defaults.has(name);
  }

  /** Empty where it is not set: snapd takes both for the same. */
  text(name: string): string {
    return this.defaults.get(name)?.text ?? '';
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    return text === 'true' || text === 'false' ? text === 'true' : this.refuse(name, 'it can only be true or false');
  }

  /** Bytes, with M or G behind the number (snapd gadget/quantity). */
  size(name: string): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const parts = /^(-?\d{1,12})([MG]?)$/.exec(text);
    const bytes = parts ? Number(parts[1]) * (parts[2] === 'M' ? MIB : parts[2] === 'G' ? 1024 * MIB : 1) : -1;
    return bytes < 0 ? this.refuse(name, 'a size is digits with M or G behind them') : bytes;
  }

  /** snapd reads some options only when they are text. */
  mustBeText(name: string): void {
    if (this.defaults.get(name)?.isText === false) this.refuse(name, 'it must be a text, in quotes');
  }

  refuse(name: string, why: string): never {
    throw new AppError('gadget-defaults-invalid', `The gadget sets ${name} to "${this.text(name).slice(0, 80)}", which snapd refuses: ${why}.`, { details: { option: name } });
  }
}

const text = (path: string, content: string): TreeEntry => textFile(path, utf8(content));
const masked = (unit: string, isMasked: boolean): TreeEntry[] => (isMasked ? [{ path: `etc/systemd/system/${unit}`, content: { kind: 'symlink', target: '/dev/null' } }] : []);

function watchdog(options: Options): TreeEntry[] {
  const seconds = (name: string) => (options.text(name) === '' ? 0 : (parseGoDuration(options.text(name)) ?? options.refuse(name, 'a time is written like 30s or 2m, and is not negative')));
  const lines = ([['RuntimeWatchdogSec', seconds('watchdog.runtime-timeout')], ['ShutdownWatchdogSec', seconds('watchdog.shutdown-timeout')]] as const).filter(([, value]) => value > 0);
  return lines.length === 0 ? [] : [text('etc/systemd/system.conf.d/10-snapd-watchdog.conf', `[Manager]\n${lines.map(([key, value]) => `${key}=${value}\n`).join('')}`)];
}

function features(options: Options): TreeEntry[] {
  const enabled = FEATURES.filter((feature) => options.flag(`experimental.${feature}`) === true);
  return [directory('var/lib/snapd/features'), ...EXPORTED.filter((feature) => enabled.includes(feature)).map((feature) => text(`var/lib/snapd/features/${feature}`, ''))];
}

/** snapd itself stops here: it has not made the folder yet. What it means to write is plain. */
const network = (options: Options): TreeEntry[] => (options.flag('network.disable-ipv6') === true ? [text('etc/sysctl.d/10-snapd-network.conf', 'net.ipv6.conf.all.disable_ipv6=1\n')] : []);

function services(options: Options): TreeEntry[] {
  if (options.has('service.ssh.listen-address')) options.refuse('service.ssh.listen-address', 'it needs Ubuntu Core 20 or later');
  const isOff = (service: string) => options.flag(`service.${service}.disable`);
  const ssh = isOff('ssh');
  return [
    ...(ssh === undefined ? [] : [directory('etc/ssh')]),
    ...(ssh === true ? [text('etc/ssh/sshd_not_to_be_run', 'SSH has been disabled by snapd system configuration\n')] : []),
    ...masked('rsyslog.service', isOff('rsyslog') === true),
    ...(isOff('console-conf') === true ? [text('var/lib/console-conf/complete', 'console-conf has been disabled by the snapd system configuration\n')] : []),
    ...masked('systemd-resolved.service', isOff('systemd-resolved') === true),
  ];
}

function keys(options: Options): TreeEntry[] {
  const powerKey = options.text('system.power-key-action');
  if (powerKey !== '' && !POWER_KEY_ACTIONS.includes(powerKey)) options.refuse('system.power-key-action', `it is one of ${POWER_KEY_ACTIONS.join(', ')}`);
  const ctrlAltDel = options.text('system.ctrl-alt-del-action');
  if (!['', 'reboot', 'none'].includes(ctrlAltDel)) options.refuse('system.ctrl-alt-del-action', 'it is reboot or none');
  return [...(powerKey === '' ? [] : [text('etc/systemd/logind.conf.d/00-snap-core.conf', `[Login]\nHandlePowerKey=${powerKey}\n`)]), ...masked('ctrl-alt-del.target', ctrlAltDel === 'none')];
}

function swap(options: Options): TreeEntry[] {
  options.mustBeText('swap.size');
  const sizeBytes = options.size('swap.size');
  if (sizeBytes === undefined) return [];
  if (sizeBytes % MIB !== 0) options.refuse('swap.size', 'it must be whole megabytes');
  return [text('etc/default/swapfile', `FILE=/var/tmp/swapfile.swp\nSIZE=${sizeBytes / MIB}\n`)];
}

function consoleLogLevel(options: Options): TreeEntry[] {
  const name = 'system.kernel.printk.console-loglevel';
  const level = options.text(name);
  if (!/^(?:0*[0-7])?$/.test(level)) options.refuse(name, 'it is a number between 0 and 7');
  return [directory('etc/sysctl.d'), ...(level === '' ? [] : [text('etc/sysctl.d/99-snapd.conf', `kernel.printk = ${level} 4 1 7\n`)])];
}

const journal = (options: Options): TreeEntry[] => (options.flag('journal.persistent') === true ? [{ ...textFile('var/log/journal/.snapd-created', new Uint8Array(0)), mode: 0o700 }] : []);

function timeAndName(options: Options): TreeEntry[] {
  const timezone = options.text('system.timezone');
  if (timezone !== '' && !/^[a-zA-Z0-9+_-]+(?:\/[a-zA-Z0-9+_-]+){0,2}$/.test(timezone)) options.refuse('system.timezone', 'it is no name of a time zone');
  const hostname = options.text('system.hostname');
  if (hostname !== '' && (hostname.length > 64 || !/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}(?:\.[a-zA-Z0-9-]{1,63})*$/.test(hostname))) options.refuse('system.hostname', 'it is no name of a host');
  return [
    ...(timezone === '' ? [] : [{ path: 'etc/writable/localtime', content: { kind: 'symlink', target: `/usr/share/zoneinfo/${timezone}` } } as const, text('etc/writable/timezone', `${timezone}\n`)]),
    ...(hostname === '' ? [] : [text('etc/writable/hostname', `${hostname}\n`)]),
  ];
}

function tmp(options: Options): TreeEntry[] {
  const sizeBytes = options.size('tmp.size');
  if (sizeBytes === undefined) return [];
  if (sizeBytes > 0 && sizeBytes < 16 * MIB) options.refuse('tmp.size', 'it must be 16M at least');
  return [text('etc/systemd/system/tmp.mount.d/override.conf', `[Mount]\nOptions=mode=1777,strictatime,nosuid,nodev,size=${options.text('tmp.size')}\n`)];
}

function storeAccess(options: Options): TreeEntry[] {
  const access = options.text('store.access');
  if (access !== '' && access !== 'offline') options.refuse('store.access', 'it can only be offline');
  return [text('var/lib/snapd/repair.json', `{"store-offline":${access === 'offline'}}`)];
}

/** What has no file here and is checked all the same. */
function refuseLater(options: Options): void {
  if (options.text('homedirs') !== '') options.refuse('homedirs', 'Ubuntu Core has no home folders elsewhere');
  if (options.has('system.motd')) options.refuse('system.motd', 'it needs Ubuntu Core 24 or later');
  options.flag('system.coredump.enable');
  options.size('system.coredump.maxuse');
}
