import { cleanPath } from './clean-path';
import { at, mapOf, refuseAt, shown, textOf } from './typed-yaml';
import type { YamlValue } from './yaml-value';

/** Folders at the root in which a layout may make something. */
const TOP_FOLDERS = ['bin', 'etc', 'lib', 'lib64', 'meta', 'mnt', 'opt', 'root', 'sbin', 'snap', 'srv', 'usr', 'var', 'writable'];
/** What has to stay as the system made it, and all below. */
const CLOSED = ['/dev', '/proc', '/sys', '/media', '/run', '/var/run', '/tmp', '/var/lib/snapd', '/lib/firmware', '/usr/lib/firmware', '/lib/modules', '/usr/lib/modules', '/var/snap', '/home', '/boot', '/lost+found'];
/** What AppArmor would read as a pattern. */
const PATTERN = /[?*[\]{}^"\0]/;
const KINDS = ['bind', 'bind-file', 'type', 'symlink'] as const;

type Item = { path: string; where: string; words: Record<(typeof KINDS)[number], string> };

/** Where a snap's own folders are in its own eyes; a file that no revision is known of has `unset` for it. */
const expanding = (name: string) => (path: string): string =>
  path.replaceAll(/\$([A-Za-z0-9_]+)/g, (_, word: string) => (word === 'SNAP' ? `/snap/${name}/unset` : word === 'SNAP_DATA' ? `/var/snap/${name}/unset` : word === 'SNAP_COMMON' ? `/var/snap/${name}/common` : ''));

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** What a snap lays out beside its own folders (snapd snap/validate.go, ValidateLayoutAll). Throws AppError `snap-yaml-invalid`. */
export function assertLayout(value: YamlValue | undefined, snapName: string): void {
  const expand = expanding(snapName);
  const items = [...mapOf(value, 'layout')].map(([path, each]) => readItem(path, each)).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, where } of items) assertTopFolder(path, expand(cleanPath(path)), where);
  const kinds = new Map<string, string>();
  for (const { where, words } of items) {
    for (const kind of ['bind', 'bind-file'] as const) {
      const source = expand(words[kind]);
      if (source === '') continue;
      if ((kinds.get(source) ?? kind) !== kind) refuseAt(where, `takes ${shown(words[kind])} for a ${kind === 'bind' ? 'folder' : 'file'}, and another layout for the other.`);
      kinds.set(source, kind);
    }
  }
  const mounts = new Set<string>();
  for (const item of items) {
    if (item.path.startsWith('/snap/') && !item.path.startsWith(`/snap/${snapName}`)) refuseAt(item.where, 'lies in the folder of another snap.');
    const mount = assertMount(item, expand, mounts);
    assertSource(item, expand, snapName);
    mounts.add(mount);
  }
}

function readItem(path: string, value: YamlValue): Item {
  const where = at('layout', path);
  const yaml = mapOf(value, where);
  const word = (key: string) => textOf(yaml.get(key), at(where, key)) ?? '';
  const mode = word('mode');
  if (mode !== '' && (!/^[0-7]+$/.test(mode) || Number.parseInt(mode, 8) > 0o1777)) refuseAt(at(where, 'mode'), `is ${shown(mode)}; write it in octal digits, up to 1777.`);
  for (const key of ['user', 'group']) if (!['', 'root'].includes(word(key))) refuseAt(at(where, key), `is ${shown(word(key))}; snapd knows root alone.`);
  return { path, where, words: { bind: word('bind'), 'bind-file': word('bind-file'), type: word('type'), symlink: word('symlink') } };
}

function assertTopFolder(path: string, clean: string, where: string): void {
  if (PATTERN.test(path)) refuseAt(where, 'has a character in its path that AppArmor would read as a pattern.');
  const [before, top] = clean.split('/');
  if (top === undefined) return;
  if (before !== '') refuseAt(where, 'is no path from the root.');
  if (top !== '' && !TOP_FOLDERS.includes(top)) refuseAt(where, `would make the folder /${top.slice(0, 60)} at the root, where it cannot.`);
}

/** The path itself, and the folders that it lies in. */
function* foldersAbove(path: string): Generator<string> {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end);
}

/** Where it appears, expanded. */
function assertMount({ path, where }: Item, expand: (path: string) => string, earlier: ReadonlySet<string>): string {
  if (path === '') refuseAt('layout', 'has an empty path.');
  assertVariables(path, where, 'its path');
  const mount = expand(path);
  if (!isWholePath(mount)) refuseAt(where, 'must be a path from the root, without double slashes, "." and "..".');
  const closed = CLOSED.find((folder) => isBelow(mount, folder));
  if (closed !== undefined) refuseAt(where, `lies in ${closed}, which stays as the system has it.`);
  const above = [...foldersAbove(mount)].find((folder) => earlier.has(folder));
  if (above !== undefined) refuseAt(where, `lies in another layout, ${above.slice(0, 80)}.`);
  return mount;
}

function assertSource({ where, words }: Item, expand: (path: string) => string, snapName: string): void {
  const used = KINDS.filter((kind) => words[kind] !== '');
  if (used.length !== 1) refuseAt(where, `must have one of ${KINDS.join(', ')}.`);
  if (words.type !== '' && words.type !== 'tmpfs') refuseAt(at(where, 'type'), `is ${shown(words.type)}; snapd knows tmpfs.`);
  const source = words.bind + words['bind-file'] + words.symlink;
  if (source === '') return;
  const key = at(where, used[0]!);
  assertVariables(source, key, 'it');
  const whole = expand(source);
  if (!isWholePath(whole)) refuseAt(key, `is ${shown(source)}; it must be a path from the root, without double slashes, "." and "..".`);
  if (!['$SNAP', '$SNAP_DATA', '$SNAP_COMMON'].some((folder) => whole.startsWith(expand(folder)))) refuseAt(key, `is ${shown(source)}; it must lie in $SNAP, $SNAP_DATA or $SNAP_COMMON of ${snapName}.`);
  if (PATTERN.test(whole)) refuseAt(key, 'has a character that AppArmor would read as a pattern.');
}

const isWholePath = (path: string): boolean => /^[/$]/.test(path) && cleanPath(path) === path;

function assertVariables(path: string, where: string, what: string): void {
  const odd = [...path.matchAll(/\$([A-Za-z_]*)/g)].find(([, word]) => !['SNAP', 'SNAP_DATA', 'SNAP_COMMON'].includes(word!));
  if (odd) refuseAt(where, `has the variable ${odd[0].slice(0, 40)} in ${what}; $SNAP, $SNAP_DATA and $SNAP_COMMON are there.`);
}
