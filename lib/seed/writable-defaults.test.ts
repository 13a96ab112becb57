import { describe, expect, it } from 'vitest';
import { fromUtf8 } from '../bytes';
import { readYaml } from '../gadget/read-yaml';
import { readSystemDefaults } from '../gadget/system-defaults';
import type { TreeEntry } from './tree';
import { planWritableDefaults } from './writable-defaults';

const shown = ({ path, mode, content }: TreeEntry & { mode?: number }) =>
  content.kind === 'symlink' ? `${path} -> ${content.target}` : content.kind === 'bytes' ? `${path}${mode ? ` ${mode.toString(8)}` : ''}: ${fromUtf8(content.bytes)}` : `${path}/`;
const read = (lines: string, key = 'system') => readSystemDefaults(readYaml(`volumes: {}\ndefaults:\n  ${key}:\n${lines.split('\n').map((line) => `    ${line}\n`).join('')}`));
const plan = (lines: string) => planWritableDefaults(read(lines)!);
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};
/** What is there whatever is set. */
const ALWAYS = ['etc/', 'etc/sysctl.d/', 'var/lib/snapd/features/', 'var/lib/snapd/repair.json: {"store-offline":false}'];
const filesOf = (lines: string) => plan(lines).tree.map(shown).filter((line) => !ALWAYS.includes(line)).sort();

describe("the system's options in gadget.yaml", () => {
  it('may be nested or not, and are what YAML 1.1 reads', () =>
    expect([...read('service:\n  ssh.disable: yes\n  rsyslog: {disable: "yes"}\nsystem.hostname: 0x10\nlist: [a, 1]')!]).toEqual([
      ['service.ssh.disable', { text: 'true', isText: false }],
      ['service.rsyslog.disable', { text: 'yes', isText: true }],
      ['system.hostname', { text: '16', isText: false }],
      ['list', { text: '[a 1]', isText: false }],
    ]));

  it('stand under system, or under the id of core', () => {
    expect(read('a: b', '99T7MUlRhtI3U0QFgl5mXXESAiSwt776')!.get('a')).toEqual({ text: 'b', isText: true });
    expect(read('a: b', 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH')).toBeUndefined();
    expect(readSystemDefaults(readYaml('defaults:\n  99T7MUlRhtI3U0QFgl5mXXESAiSwt776: {a: b}\n  system:\n'))).toBeUndefined();
    expect(readSystemDefaults(readYaml('volumes: {}\n'))).toBeUndefined();
  });

  it.each(['a: ~', 'a:', 'a: [x, null]', 'a: 18446744073709551615'])('must have a value: %s', (line) => {
    expect(codeOf(() => read(line))).toBe('gadget-defaults-invalid');
    expect(codeOf(() => read(line, 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH'))).toBe('gadget-defaults-invalid');
  });
});

// Files as snapd's configcore writes them.
describe('options that take effect as files', () => {
  it('bring some that are always there', () => expect(plan('foo: 1').tree.map(shown).sort()).toEqual(ALWAYS));

  it.each<[string, string[]]>([
    ['watchdog.runtime-timeout: 1m\nwatchdog.shutdown-timeout: 0s', ['etc/systemd/system.conf.d/10-snapd-watchdog.conf: [Manager]\nRuntimeWatchdogSec=60\n']],
    ['experimental.parallel-instances: true\nexperimental.hotplug: true\nexperimental.confdb: false', ['var/lib/snapd/features/parallel-instances: ']],
    ['network.disable-ipv6: true', ['etc/sysctl.d/10-snapd-network.conf: net.ipv6.conf.all.disable_ipv6=1\n']],
    ['service.ssh.disable: true', ['etc/ssh/', 'etc/ssh/sshd_not_to_be_run: SSH has been disabled by snapd system configuration\n']],
    ['service.ssh.disable: false', ['etc/ssh/']],
    ['service.rsyslog.disable: true\nservice.systemd-resolved.disable: true', ['etc/systemd/system/rsyslog.service -> /dev/null', 'etc/systemd/system/systemd-resolved.service -> /dev/null']],
    ['service.console-conf.disable: true', ['var/lib/console-conf/complete: console-conf has been disabled by the snapd system configuration\n']],
    ['system.power-key-action: reboot\nsystem.ctrl-alt-del-action: none', ['etc/systemd/logind.conf.d/00-snap-core.conf: [Login]\nHandlePowerKey=reboot\n', 'etc/systemd/system/ctrl-alt-del.target -> /dev/null']],
    ['system.disable-backlight-service: on', ['etc/systemd/system/systemd-backlight@.service -> /dev/null']],
    ['swap.size: 2G', ['etc/default/swapfile: FILE=/var/tmp/swapfile.swp\nSIZE=2048\n']],
    ['system.kernel.printk.console-loglevel: "007"', ['etc/sysctl.d/99-snapd.conf: kernel.printk = 007 4 1 7\n']],
    ['journal.persistent: true', ['var/log/journal/.snapd-created 700: ']],
    ['system.timezone: Europe/Malta\nsystem.hostname: box', ['etc/writable/hostname: box\n', 'etc/writable/localtime -> /usr/share/zoneinfo/Europe/Malta', 'etc/writable/timezone: Europe/Malta\n']],
    ['tmp.size: 16M', ['etc/systemd/system/tmp.mount.d/override.conf: [Mount]\nOptions=mode=1777,strictatime,nosuid,nodev,size=16M\n']],
    ['store.access: offline', ['var/lib/snapd/repair.json: {"store-offline":true}']],
    ['service.rsyslog.disable: ""\nsystem.hostname: ""\nswap.size: ""\npi-config.gpu-mem: 128\nsystem.coredump.enable: true', []],
  ])('%s', (lines, files) => expect(filesOf(lines)).toEqual(files));

  it('are told about when no file can do it', () => {
    expect(plan('users.lockout: true').warnings).toHaveLength(1);
    expect(plan('users.lockout: false').warnings).toEqual([]);
  });

  it.each([
    'journal.persistent: maybe', 'network.disable-ipv6: 1', 'service.ssh.disable: []', 'watchdog.runtime-timeout: 5', 'watchdog.shutdown-timeout: -1s', 'experimental.clustering: x',
    'system.power-key-action: dance', 'system.ctrl-alt-del-action: true', 'swap.size: 0', 'swap.size: "1"', 'swap.size: 1K', 'tmp.size: 15M', 'tmp.size: -1', 'tmp.size: 99999999999999999999G',
    'system.kernel.printk.console-loglevel: 8', 'system.timezone: ../../etc/passwd', 'system.timezone: "UTC\\n"', 'system.hostname: a_b', 'system.hostname: "box\\nevil"', `system.hostname: ${'x'.repeat(65)}`,
    'store.access: online', 'homedirs: /home/x', 'system.motd: hi', 'system.motd: ""', 'service.ssh.listen-address: ""', 'users.lockout: 3', 'system.coredump.maxuse: x',
  ])('are refused as snapd refuses them: %s', (lines) => expect(codeOf(() => plan(lines))).toBe('gadget-defaults-invalid'));
});
