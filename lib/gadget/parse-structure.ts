import type { YamlMap, YamlValue } from '../snap/yaml-value';
import { FILESYSTEMS, ROLES, hasModes, refuse, type FileContent, type Filesystem, type GadgetErrorCode, type GadgetRules, type ImageContent, type Role, type Structure, type Volume } from './gadget';
import { BOOT_CODE_BYTES } from './layout';
import { MIB, parseQuantity, readQuantity } from './quantity';
import { readBoolean, readList, readMap, readOwnText, readText, readTexts } from './read-yaml';
import { parseSafePath } from './safe-path';

const GUID = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/;
const MAX_CONTENT = 1000;
const KERNEL_PREFIX = /^\$kernel:/;
const BOOT_STATE_TYPE = '3DE21764-95BD-54BD-A5C3-4ABE786F38A8';

/** Labels of the roles of UC20 and later (snapd gadget/gadget.go, setImplicitForVolumeStructure). */
export const ROLE_LABELS: Partial<Record<Role, string>> = {
  'system-data': 'ubuntu-data',
  'system-seed': 'ubuntu-seed',
  'system-seed-null': 'ubuntu-seed',
  'system-boot': 'ubuntu-boot',
  'system-save': 'ubuntu-save',
};

/** The label a role has when none is written. */
export function impliedLabel(role: Role | undefined, rules: GadgetRules): string | undefined {
  if (role === undefined) return undefined;
  return hasModes(rules) ? ROLE_LABELS[role] : role === 'system-data' ? 'writable' : undefined;
}

export const isFatName = (filesystem: Filesystem): boolean => filesystem === 'vfat-16' || filesystem === 'vfat-32';

type Place = { yamlIndex: number; where: string; schema: Volume['schema']; partial: readonly string[]; rules: GadgetRules };

export function parseStructure(map: YamlMap, place: Place): Structure {
  const { where } = place;
  const text = (key: string) => readText(map.get(key), `${where}.${key}`);
  const name = text('name');
  if (/[\u0000-\u001f\u007f]/.test(name)) refuse('gadget-name-invalid', `${where}.name`, 'the name holds a control character.');
  if (place.schema === 'emmc') return parseEmmc(map, place, name);

  const type = text('type');
  const role = parseRole(text('role') || (type === 'mbr' ? 'mbr' : !hasModes(place.rules) && text('filesystem-label') === 'system-boot' ? 'system-boot' : ''), where);
  const filesystem = parseFilesystem(text('filesystem'), where);
  const quantity = (key: string, code: GadgetErrorCode) => readQuantity(map.get(key), code, `${where}.${key}`);
  const given = quantity('size', 'gadget-size-invalid');
  const sizeBytes = given ?? 0;
  const isOpen = sizeBytes === 0 && place.partial.includes('size');
  if (sizeBytes === 0 && !isOpen) refuse('gadget-size-invalid', `${where}.size`, given === undefined ? 'the size is missing.' : 'the size is 0.');
  const minSizeBytes = quantity('min-size', 'gadget-size-invalid') || sizeBytes;
  if (minSizeBytes > sizeBytes && !isOpen) refuse('gadget-size-invalid', `${where}.min-size`, 'min-size is larger than size.');
  const id = text('id') || undefined;

  const mayBeFilesystem = type !== 'bare' && type !== 'mbr' && place.partial.includes('filesystem');
  const isFilesystem = filesystem !== 'none' || mayBeFilesystem;
  const structure: Structure = {
    yamlIndex: place.yamlIndex,
    name,
    label: text('filesystem-label'),
    type,
    role,
    sizeBytes,
    minSizeBytes,
    offsetBytes: quantity('offset', 'gadget-offset-invalid'),
    offsetWrite: parseOffsetWrite(map.get('offset-write'), `${where}.offset-write`),
    filesystem,
    filesystemWord: text('filesystem'),
    id: id?.toUpperCase(),
    content: parseContent(map, where, isFilesystem),
  };
  checkType(structure, place);
  checkRole(structure, where);
  checkUpdate(map, isFilesystem, where);
  return structure;
}

function parseEmmc(map: YamlMap, { yamlIndex, where }: Place, name: string): Structure {
  if (name !== 'boot0' && name !== 'boot1') refuse('gadget-name-invalid', `${where}.name`, 'an emmc structure is named boot0 or boot1.');
  const isText = (key: string): boolean => readText(map.get(key), `${where}.${key}`) !== '';
  const isNumber = (key: string): boolean => (readQuantity(map.get(key), 'gadget-size-invalid', `${where}.${key}`) ?? 0) !== 0;
  const offsetWrite = parseOffsetWrite(map.get('offset-write'), `${where}.offset-write`);
  // Whatever it is, snapd takes 0.
  readQuantity(map.get('offset'), 'gadget-offset-invalid', `${where}.offset`);
  const odd =
    ['size', 'min-size'].find(isNumber) ??
    (offsetWrite && 'offset-write') ??
    ['filesystem-label', 'filesystem', 'type', 'id', 'role'].find(isText);
  if (odd !== undefined) refuse('gadget-schema-invalid', where, `an emmc structure has only a name and content, not ${odd}.`);
  const content = parseContent(map, where, false);
  if (content.some((c) => c.kind === 'image' && (c.offsetBytes !== undefined || c.sizeBytes !== undefined))) {
    refuse('gadget-content-invalid', `${where}.content`, 'emmc content has only an image.');
  }
  checkUpdate(map, false, where);
  return { yamlIndex, name, label: '', type: '', role: undefined, sizeBytes: 0, minSizeBytes: 0, offsetBytes: 0, offsetWrite: undefined, filesystem: 'none', filesystemWord: '', id: undefined, content };
}

function parseRole(text: string, where: string): Role | undefined {
  if (text === '') return undefined;
  if (!(ROLES as readonly string[]).includes(text)) refuse('gadget-role-invalid', `${where}.role`, `"${text.slice(0, 80)}" is no role.`);
  return text as Role;
}

function parseFilesystem(text: string, where: string): Filesystem {
  if (text === '') return 'none';
  if (text === 'vfat') return 'vfat-32';
  if (!(FILESYSTEMS as readonly string[]).includes(text)) {
    refuse('gadget-filesystem-invalid', `${where}.filesystem`, `"${text.slice(0, 80)}" is not none, vfat, vfat-16, vfat-32 or ext4.`);
  }
  return text as Filesystem;
}

function parseOffsetWrite(value: YamlValue | undefined, where: string): Structure['offsetWrite'] {
  const text = readOwnText(value, where);
  if (text === undefined) return undefined;
  const plus = text.indexOf('+');
  const relativeTo = plus < 0 ? undefined : text.slice(0, plus);
  if (relativeTo === '') refuse('gadget-offset-write-invalid', where, 'the name before + is empty.');
  const offsetBytes = parseQuantity(text.slice(plus + 1), 'gadget-offset-write-invalid', where);
  if (offsetBytes > 2 ** 32) refuse('gadget-offset-write-invalid', where, 'the place lies beyond 4 GiB.');
  return { relativeTo, offsetBytes };
}

function parseContent(map: YamlMap, where: string, isFilesystem: boolean): (FileContent | ImageContent)[] {
  return readList(map.get('content'), `${where}.content`, MAX_CONTENT).map((value, i) => {
    const at = `${where}.content[${i}]`;
    const item = readMap(value, at);
    const text = (key: string) => readText(item.get(key), `${at}.${key}`);
    const quantity = (key: string) => readQuantity(item.get(key), 'gadget-content-invalid', `${at}.${key}`);
    const offsetBytes = quantity('offset');
    // To snapd 0 is what the image has.
    const sizeBytes = quantity('size') || undefined;
    // Nothing is unpacked, by snapd neither.
    readBoolean(item.get('unpack'), `${at}.unpack`);
    if (!isFilesystem) {
      if (text('source') || text('target')) refuse('gadget-content-invalid', at, 'a structure without a file system takes an image, not source and target.');
      if (!text('image')) refuse('gadget-content-invalid', at, 'the image is missing.');
      parseSafePath(text('image'), `${at}.image`);
      return { kind: 'image', image: text('image'), offsetBytes, sizeBytes };
    }
    if (text('image') || offsetBytes !== undefined || sizeBytes !== undefined) {
      refuse('gadget-content-invalid', at, 'a file system takes source and target, not image, offset or size.');
    }
    if (!text('source') || !text('target')) refuse('gadget-content-invalid', at, 'source and target are both needed.');
    const source = text('source');
    // What of the kernel is meant, and whether it is there, is seen when content is looked at: `resolveKernelRef`.
    parseSafePath(source.replace(KERNEL_PREFIX, './'), `${at}.source`);
    parseSafePath(text('target'), `${at}.target`, { rooted: true });
    return { kind: 'files', source, target: text('target') };
  });
}

function checkType(s: Structure, { where, schema, partial }: Place): void {
  const at = `${where}.type`;
  if (s.type === '') refuse('gadget-type-invalid', at, 'the type is missing.');
  if (s.type === 'mbr' || s.type === 'bare') {
    if (s.type === 'bare' && s.role !== undefined && s.role !== 'mbr') refuse('gadget-type-invalid', at, 'a bare structure has no role but mbr.');
    return;
  }
  const [first = '', second, ...more] = s.type.split(',');
  const isHex = /^[0-9A-F]{2}$/.test(first);
  if (second !== undefined) {
    if (!isHex || !GUID.test(second) || more.length > 0) refuse('gadget-type-invalid', at, `"${s.type.slice(0, 80)}" is not HH,GUID.`);
    return;
  }
  if (!isHex && !GUID.test(first)) refuse('gadget-type-invalid', at, `"${s.type.slice(0, 80)}" is not mbr, bare, two upper-case hexadecimal digits or a GUID.`);
  if (partial.includes('schema')) refuse('gadget-type-invalid', at, 'the schema is left to an installer, so the type has both forms: HH,GUID.');
  if (isHex && schema !== 'mbr') refuse('gadget-type-invalid', at, `${first} is a type of an MBR, and the volume is ${schema}.`);
  if (!isHex && schema !== 'gpt') refuse('gadget-type-invalid', at, `a GUID is a type of a GPT, and the volume is ${schema}.`);
}

function checkRole(s: Structure, where: string): void {
  if (s.role === 'mbr') {
    if (s.sizeBytes > BOOT_CODE_BYTES) refuse('gadget-size-invalid', `${where}.size`, `an mbr structure has at most ${BOOT_CODE_BYTES} bytes.`);
    if ((s.offsetBytes ?? 0) !== 0) refuse('gadget-offset-invalid', `${where}.offset`, 'an mbr structure starts at 0.');
    if (s.id !== undefined) refuse('gadget-id-invalid', `${where}.id`, 'an mbr structure has no id.');
    if (s.filesystem !== 'none') refuse('gadget-filesystem-invalid', `${where}.filesystem`, 'an mbr structure has no file system.');
  } else if (s.type === 'mbr') {
    refuse('gadget-role-invalid', `${where}.role`, 'type mbr goes with role mbr.');
  }
  if (s.role === 'system-boot-state') {
    if (s.filesystem !== 'none' || s.sizeBytes < MIB || s.sizeBytes !== s.minSizeBytes) refuse('gadget-role-invalid', where, 'system-boot-state is raw, of one fixed size of at least 1 MiB.');
    if (s.type.toUpperCase() !== BOOT_STATE_TYPE) refuse('gadget-type-invalid', `${where}.type`, `system-boot-state has type ${BOOT_STATE_TYPE}.`);
    if (s.offsetBytes === undefined) refuse('gadget-offset-invalid', `${where}.offset`, 'system-boot-state has an explicit offset.');
  }
}

function checkUpdate(map: YamlMap, isFilesystem: boolean, where: string): void {
  const at = `${where}.update`;
  const update = readMap(map.get('update'), at);
  const edition = readOwnText(update.get('edition'), `${at}.edition`) ?? '0';
  if (!/^[0-9]+$/.test(edition) || Number(edition) >= 2 ** 32) refuse('gadget-update-invalid', `${at}.edition`, 'the edition is a number of 32 bits.');
  const preserve = readTexts(update.get('preserve'), `${at}.preserve`, MAX_CONTENT);
  if (preserve.length > 0 && !isFilesystem) refuse('gadget-update-invalid', `${at}.preserve`, 'only a file system preserves files.');
  if (new Set(preserve).size !== preserve.length) refuse('gadget-update-invalid', `${at}.preserve`, 'a path stands there twice.');
}
