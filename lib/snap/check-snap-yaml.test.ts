import { describe, expect, it } from 'vitest';
import { assertSnapYaml } from './check-snap-yaml';
import { parseSnapYaml } from './snap-yaml';

/** Why a snap.yaml is refused; empty when it keeps every rule. */
function why(lines: string, hooks: string[] = []): string {
  const text = /^name:/m.test(lines) ? lines : `name: hello\nversion: "1"\n${lines}\n`;
  try {
    assertSnapYaml(text, parseSnapYaml(text), hooks);
    return '';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
}
const refuses = (cases: readonly (readonly [string, string])[]) => it.each(cases)('refuses %s', (lines, words) => {
  expect(why(lines)).toMatch(/^snap-yaml-invalid: meta\/snap\.yaml: /);
  expect(why(lines)).toContain(words);
});
const takes = (cases: readonly string[]) => it.each(cases)('takes %s', (lines) => expect(why(lines)).toBe(''));
const service = (lines: string) => `apps: {web: {command: bin/web, daemon: simple, ${lines}}, db: {command: bin/db, daemon: simple}, tool: {command: bin/tool}}`;

describe('what a snap says of itself', () => {
  takes(['title: A word\nsummary: Another\ndescription: More\nlicense: MIT\ngrade: devel\nassumes: [snapd2.60]\nenvironment: {A: b, C: 5}', `title: ${'😀'.repeat(40)}`, 'type: application', 'confinement: ~', 'provenance: prod', 'nothing: {known: true}', 'type: base\nbase: none']);
  refuses([
    ['name: hello', 'version is missing'],
    ['type: core', 'type is "core"'],
    ['confinement: ""', 'confinement is empty'],
    ['grade: beta', 'grade is "beta"'],
    ['provenance: global-upload', 'leave it out'],
    [`title: ${'é'.repeat(41)}`, 'title has 41 characters; at most 40'],
    [`description: ${'x'.repeat(4097)}`, 'at most 4096'],
    ['title: [a]', 'title must be a text'],
    ['summary: {a: b}', 'summary must be a text'],
    ['assumes: snapd2.60', 'assumes must be a list of texts'],
    ['environment: {5: x}', 'put it in quotes'],
    ['environment: [a]', 'environment must be a map'],
    ['type: base\nbase: core22', 'base is core22, and a snap of type base has none'],
    ['base: none\napps: {a: {command: x}}', 'base is none, and the snap has apps or hooks'],
    ['layouts: {}', 'write layout'],
  ]);
});

describe('an epoch', () => {
  takes(['epoch: 0', 'epoch: 1*', 'epoch: {read: [1, 2], write: [2]}', 'epoch: {read: [3]}', 'epoch: {write: [0]}', 'epoch: 4294967295', 'epoch: ~']);
  refuses([
    ['epoch: x', 'epoch has "x", which is no number'],
    ['epoch: 01', 'epoch has "01"'],
    ['epoch: 4294967296', 'below 4294967296'],
    ['epoch: 0*', 'no epoch before 0'],
    ['epoch: [1]', 'must be a text'],
    ['epoch: {read: []}', 'epoch.read must have an entry'],
    ['epoch: {read: [2, 1]}', 'rising order'],
    ['epoch: {read: [1], write: [2]}', 'at least one of the epochs'],
    [`epoch: {read: [${Array.from({ length: 11 }, (_, i) => i)}]}`, 'lists 11 epochs'],
  ]);
});

describe('a license', () => {
  takes(['license: GPL-2.0+ OR (MIT AND Proprietary)', 'license: GPL-2.0 WITH Classpath-exception-2.0', 'license: "(MIT) (BSD-3-Clause)"', 'license: ""']);
  refuses([
    ['license: ((((', 'leaves a parenthesis open'],
    ['license: MIT)', 'not open'],
    ['license: MIT OR ()', 'nothing in them'],
    ['license: nonsense words', 'the license nonsense, which snapd does not know'],
    // In SPDX's list since, and not in snapd's.
    ['license: Unicode-3.0', 'the license Unicode-3.0'],
    ['license: GPL-2.0 WITH LLVM-exception', 'the exception LLVM-exception'],
    ['license: GPL-2.0 WITH (MIT)', 'behind WITH'],
    ['license: (MIT) WITH GCC-exception-3.1', 'no license before WITH'],
    ['license: MIT MIT', 'where AND or OR is expected'],
    ['license: MIT OR', 'ends with OR'],
    ['license: AND MIT', 'no license before AND'],
    ['license: " "', 'says nothing'],
  ]);
});

describe('an app', () => {
  takes([
    'apps: {a-1: {command: "bin/a $SNAP x:y", command-chain: [bin/b], aliases: [A.1], common-id: io.x, completer: c, refresh-mode: ignore-running}, 5: }',
    service('daemon-scope: user, stop-timeout: 1m30s, restart-delay: 0, restart-condition: on-failure, stop-mode: sigterm-all, install-mode: disable, refresh-mode: endure, success-exit-status: [1, "255"]'),
    service('after: [db], before: [], timer: "mon-fri,10:00~12:00/3,,sun5,9:00", environment: {A: ~}'),
  ]);
  refuses([
    ['apps: {"é": {command: x}}', 'apps.é is no name of an app'],
    ['apps: {a: {daemon: nothing}}', 'apps.a.daemon is "nothing"; snapd knows simple'],
    ['apps: {a: {daemon-scope: system}}', 'apps.a.daemon-scope is for services'],
    [service('daemon-scope: all'), 'daemon-scope is "all"'],
    ['apps: {a: {command: "a\'b"}}', 'apps.a.command is'],
    ['apps: {a: {command: x, command-chain: [a b]}}', 'command-chain has "a b"'],
    ['apps: {a: {command: [x]}}', 'apps.a.command must be a text'],
    ['apps: {a: {command: x, aliases: [z]}, b: {command: x, aliases: [z]}}', 'the alias "z", which is given already'],
    ['apps: {a: {command: x, aliases: [-z]}}', 'the alias "-z"'],
    ['apps: {a: {command: x, common-id: z}, b: {command: x, common-id: z}}', 'the common-id "z", which is given already'],
    [service('stop-timeout: -5s'), 'not below zero'],
    [service('start-timeout: 5'), 'write a time such as 30s'],
    ['apps: {a: {command: x, stop-timeout: 1ns}}', 'stop-timeout is for services'],
    ['apps: {a: {command: x, timer: "10:00"}}', 'timer is for services'],
    [service('timer: "25:00"'), 'no schedule'],
    [service('timer: "mon2-tue1"'), 'no schedule'],
    [service('timer: "10:00,mon"'), 'no schedule'],
    [service('timer: "10:00-12:00/0"'), 'no schedule'],
    [service('timer: "mon,"'), 'no schedule'],
    ['apps: {a: {command: x, success-exit-status: [5]}}', 'success-exit-status is for services'],
    [service('success-exit-status: [256]'), 'from 1 to 255'],
    [service('restart-condition: perhaps'), 'restart-condition is "perhaps"'],
    [service('stop-mode: sigkill'), 'stop-mode is "sigkill"'],
    [service('install-mode: later'), 'install-mode is "later"'],
    [service('refresh-mode: ignore-running'), 'cannot be ignore-running'],
    ['apps: {a: {command: x, refresh-mode: endure}}', 'can only be ignore-running'],
    [service('after: [nobody]'), 'no service of the snap'],
    [service('after: [tool]'), 'no service of the snap'],
    ['apps: {a: {command: x, after: [b]}, b: {command: x, daemon: simple}}', 'has no daemon'],
    [service('daemon-scope: user, after: [db]'), 'daemon-scope is another'],
    [service('after: [db], before: [db]'), 'in a circle'],
    [service('environment: {yes: x}'), 'put it in quotes'],
  ]);
});

describe('a socket', () => {
  const socket = (address: string, more = '') => `apps: {web: {command: x, daemon: simple, plugs: [network-bind], ${more}sockets: {s: {listen-stream: ${address}, socket-mode: 0660}}}}`;
  takes([socket('80'), socket('"[::1]:8080"'), socket('$SNAP_DATA/s'), socket('$XDG_RUNTIME_DIR/s'), socket('"@snap.hello.s"'), socket('$SNAP_USER_COMMON/s', 'daemon-scope: user, '), 'plugs: {network-bind: }\napps: {web: {command: x, daemon: simple, sockets: {s: {listen-stream: 80}}}}']);
  refuses([
    [socket('0'), 'from 1 to 65535'],
    [socket('localhost:80'), 'the host may be 127.0.0.1'],
    [socket('/run/s'), 'a system service lies in $SNAP_DATA'],
    [socket('$SNAP_DATA/s', 'daemon-scope: user, '), 'a user service lies in $SNAP_USER_DATA'],
    [socket('$SNAP_DATA//s'), 'write it as "$SNAP_DATA/s"'],
    [socket('"@other.s"'), 'must start with @snap.hello.'],
    [socket('~'), 'listen-stream is missing'],
    [socket('80').replace('0660', '"0660"'), 'without quotes'],
    [socket('80').replace('0660', '01777'), 'up to 0777'],
    [socket('80').replace('{s: {', '{a--b: {'), 'no name of a socket'],
    ['apps: {web: {command: x, daemon: simple, sockets: {s: {listen-stream: 80}}}}', 'needs one'],
    ['plugs: {network-bind: }\napps: {a: {command: x, plugs: [network-bind]}, web: {command: x, daemon: simple, sockets: {s: {listen-stream: 80}}}}', 'needs one'],
  ]);
});

describe('plugs and slots', () => {
  const bus = (word: string) => `slots: {s: {interface: dbus, bus: ${word}, name: org.x.y}}\napps: {a: {command: x, daemon: dbus, activates-on: [s]}}`;
  takes(['plugs: {home: , n: network, c: {interface: content, label: a, more: [1, {b: yes}]}}\nslots: {d: {interface: dbus}}', 'plugs: {x: {interface: content}}\nslots: {x: {interface: content, read: [a]}}', bus('system'), bus('session').replace('daemon: dbus', 'daemon: dbus, daemon-scope: user')]);
  // What breaks the rules of D-Bus, or of no interface that there is, is dropped.
  takes([
    ['bus: session', 'bus: other'],
    ['bus: session', 'bus: 5'],
    ['name: org.x.y', 'name: org'],
    ['name: org.x.y', 'name: org.x.y-7'],
    ['name: org.x.y', 'name: 5.6'],
    ['name: org.x.y', `name: ${'o'.repeat(254)}.x`],
    [', name: org.x.y', ''],
    ['interface: dbus', 'interface: no-such-one'],
    ['interface: dbus', 'interface: content'],
  ].map(([from, to]) => bus('session').replace(from!, to!)));
  refuses([
    ['plugs: [home]', 'plugs must be a map'],
    ['plugs: {p: 5}', 'must be the name of an interface'],
    ['plugs: {p: [a]}', 'must be the name of an interface'],
    ['plugs: {p: {interface: 5}}', 'plugs.p.interface must be a text'],
    ['slots: {p: {label: yes}}', 'slots.p.label must be a text'],
    ['plugs: {p: {$a: b}}', "snapd's own"],
    ['plugs: {p: {5: b}}', 'put it in quotes'],
    ['plugs: {p: {a: ~}}', 'no value that snapd takes'],
    ['plugs: {p: {a: [{b: 18446744073709551615}]}}', 'plugs.p.a[0].b has no value'],
    ['plugs: {x: home}\nslots: {x: home}', 'has the name of a slot'],
    ['apps: {a: {command: x, plugs: [home], slots: [home]}}', 'has the name of a slot'],
    [bus('session'), 'of the session bus'],
    [bus('system').replace('daemon: dbus', 'daemon: dbus, daemon-scope: user'), 'of the system bus'],
    [bus('system').replace('interface: dbus', 'interface: bluez'), 'of the interface bluez; only a slot of dbus'],
    [bus('system').replace('interface: dbus', 'interface: content, read: [x]'), 'of the interface content'],
    ['slots: {bluez: }\napps: {a: {command: x, daemon: dbus, activates-on: [bluez]}}', 'of the interface bluez'],
    ['apps: {a: {command: x, daemon: dbus, slots: [bluez], activates-on: [bluez]}}', 'of the interface bluez'],
    ['slots: {bluez: }\napps: {a: {command: x, activates-on: [bluez]}}', 'has no daemon'],
    [`${bus('system').slice(0, -1)}, b: {command: x, daemon: dbus, slots: [t]}, c: {command: x, daemon: dbus, activates-on: [t]}}`, 'no slot of the snap'],
    [bus('system').replace('[s]', '[t]'), 'no slot of the snap'],
    [bus('system').replace('daemon: dbus, ', ''), 'has no daemon'],
    [`${bus('system').slice(0, -1)}, b: {command: x, daemon: dbus, activates-on: [s]}}`, 'starts another app too'],
  ]);
});

describe('a hook', () => {
  takes(['hooks: {configure: {plugs: [home], command-chain: [a/b]}, default-configure: , "Odd name": {}}', 'type: os\nhooks: {configure: }']);
  refuses([
    ['hooks: {default-configure: {}}', 'needs the hook configure'],
    ['type: base\nhooks: {configure: {}}', 'cannot be in a snap of type base'],
    ['type: os\nhooks: {default-configure: {}, configure: {}}', 'cannot be in a snap of type core'],
    ['hooks: {prepare-plug--: {}}', 'no name of a hook'],
    ['hooks: {configure: {command-chain: [a b]}}', 'command-chain has "a b"'],
    ['hooks: {odd: {plugs: home}}', 'hooks.odd.plugs must be a list'],
  ]);
  it('counts when it is only a file', () => {
    expect(why('', ['default-configure'])).toContain('needs the hook configure');
    expect(why('', ['default-configure', 'configure'])).toBe('');
    expect(why('type: snapd', ['configure'])).toContain('cannot be in a snap of type snapd');
    expect(why('base: none', ['configure'])).toContain('base is none');
    expect(why('base: none', ['odd'])).toBe('');
  });
});

describe('a component', () => {
  takes(['components: {one: {type: standard, summary: s, hooks: {install: {plugs: [home]}}}, two: }', 'type: kernel\ncomponents: {wifi: {type: kernel-modules}}']);
  refuses([
    ['components: {wifi: {type: kernel-modules}}', 'which a kernel alone has'],
    ['components: {one: {type: odd}}', 'components.one.type is "odd"'],
    ['components: {One: {type: standard}}', 'lower-case'],
    [`components: {one: {type: standard, summary: ${'x'.repeat(129)}}}`, 'at most 128'],
    ['components: {one: {type: standard, hooks: {configure: {}}}}', 'a component has the hooks install'],
    ['components: {one: {type: standard, hooks: {install: {slots: [a]}}}}', 'has slots'],
  ]);
});

describe('a user', () => {
  takes(['system-usernames: {snap_daemon: shared, _daemon_: {scope: shared, more: 1}}']);
  refuses([
    ['system-usernames: {A: shared}', 'no name of a user'],
    ['system-usernames: {root: }', 'must say its scope'],
    ['system-usernames: {root: {scope: 5}}', 'must say its scope'],
    ['system-usernames: {root: {scope: shared, x: ~}}', 'no value that snapd takes'],
  ]);
});

describe('links', () => {
  takes(['links: {contact: [a@b.example, "mailto:a@b.example"], web-site: ["HTTPS://x:80/%41?%zz", "http://[fe80::1%25en0]/"]}']);
  refuses([
    ['links: {contact: a@b.example}', 'links.contact must be a list'],
    ['links: {contact: []}', 'contact is there and has no link'],
    ['links: {contact: [x]}', 'contact has "x"'],
    ['links: {contact: ["ftp://x"]}', 'neither an http or https URL'],
    ['links: {contact: ["http://x:8a/"]}', 'neither an http or https URL'],
    ['links: {contact: ["a@b:c"]}', 'neither an http or https URL'],
    ['links: {"9": ["http://x"]}', 'no kind of link'],
  ]);
});

describe('a layout', () => {
  takes(['layout: {/usr/x: {bind: $SNAP/x}, /etc/y.conf: {bind-file: $SNAP_DATA/y, user: root, mode: "0644"}, $SNAP/z: {symlink: $SNAP_COMMON/z}, /var/lib/q: {type: tmpfs, mode: 1777}}']);
  refuses([
    ['layout: {/proc: {bind: $SNAP/x}}', 'would make the folder /proc'],
    ['layout: {/x: {bind: $SNAP/x}}', 'would make the folder /x'],
    ['layout: {usr/x: {bind: $SNAP/x}}', 'no path from the root'],
    ['layout: {/usr//x: {bind: $SNAP/x}}', 'must be a path from the root'],
    ['layout: {/var/lib/snapd/x: {bind: $SNAP/x}}', 'lies in /var/lib/snapd'],
    ['layout: {$SNAP_DATA/x: {bind: $SNAP/x}}', 'lies in /var/snap'],
    ['layout: {/usr/$HOME: {bind: $SNAP/x}}', 'the variable $HOME'],
    ['layout: {"/usr/x*": {bind: $SNAP/x}}', 'AppArmor'],
    ['layout: {/snap/other/x: {bind: $SNAP/x}}', 'folder of another snap'],
    ['layout: {/usr/x: {bind: $SNAP/x}, /usr/x/y: {bind: $SNAP/y}}', 'lies in another layout'],
    ['layout: {/usr/x: {bind: $SNAP/x}, /usr/y: {bind-file: $SNAP/x}}', 'and another layout for the other'],
    ['layout: {/usr/x: {}}', 'must have one of bind, bind-file, type, symlink'],
    ['layout: {/usr/x: {bind: $SNAP/x, type: tmpfs}}', 'must have one of'],
    ['layout: {/usr/x: {type: ext4}}', 'snapd knows tmpfs'],
    ['layout: {/usr/x: {bind: /usr/y}}', 'it must lie in $SNAP'],
    ['layout: {/usr/x: {symlink: $SNAP/../y}}', 'must be a path from the root'],
    ['layout: {/usr/x: {bind: "$SNAP/[y]"}}', 'AppArmor'],
    ['layout: {/usr/x: {bind: $SNAP/x, user: daemon}}', 'snapd knows root alone'],
    ['layout: {/usr/x: {bind: $SNAP/x, mode: 2777}}', 'up to 1777'],
  ]);
});

describe('a snap.yaml as large as is read', () => {
  const list = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join('\n');
  it.each<[string, string]>([
    ['services in a row', `apps:\n${list(6_000, (i) => `  a${i}: {command: x, daemon: simple, after: [a${i + 1}]}`)}\n  a6000: {command: x, daemon: simple}`],
    ['aliases', `apps: {a: {command: x, aliases: [${list(60_000, (i) => `a${i},`).replaceAll('\n', ' ')}]}}`],
    ['layouts', `layout:\n${list(10_000, (i) => `  /usr/a${i}: {type: tmpfs}`)}`],
  ])('is judged without a look at each pair of its %s', (_, lines) => expect(why(lines)).toBe(''), 30_000);
});
