import { isKeyName } from '../assertion/scalars';
import { cleanPath } from './clean-path';
import { at, mapOf, refuseAt, shown, textOf } from './typed-yaml';
import { asScalar, isNothing, type YamlValue } from './yaml-value';

type Owner = { where: string; snapName: string; /** Of its service. */ scope: string };

const FOLDERS = { system: ['$SNAP_DATA', '$SNAP_COMMON', '$XDG_RUNTIME_DIR'], user: ['$SNAP_USER_DATA', '$SNAP_USER_COMMON', '$XDG_RUNTIME_DIR'] };
const HOSTS = ['127.0.0.1', '[::1]', '[::]'];

/** A socket that starts a service (snapd snap/validate.go, validateAppSocket). Throws AppError `snap-yaml-invalid`. */
export function assertSocket(name: string, value: YamlValue, owner: Owner): void {
  // The form of a key's name, whatever its length.
  if (!isKeyName(name)) refuseAt(owner.where, 'is no name of a socket: it has lower-case letters and digits, and single hyphens between them.');
  const yaml = mapOf(value, owner.where);
  assertMode(yaml.get('socket-mode'), at(owner.where, 'socket-mode'));
  const where = at(owner.where, 'listen-stream');
  const address = textOf(yaml.get('listen-stream'), where) ?? '';
  if (address === '') refuseAt(where, 'is missing: it says where the socket listens.');
  if (address.startsWith('/') || address.startsWith('$')) assertPath(address, where, owner.scope);
  else if (address.startsWith('@')) {
    if (!address.startsWith(`@snap.${owner.snapName}.`)) refuseAt(where, `is ${shown(address)}; it must start with @snap.${owner.snapName}.`);
  } else assertPort(address, where);
}

/** Go makes a whole number of a fraction. */
function assertMode(mode: YamlValue | undefined, where: string): void {
  if (isNothing(mode)) return;
  const scalar = asScalar(mode);
  const value = scalar?.kind === 'integer' || scalar?.kind === 'float' ? Math.trunc(Number(scalar.value)) : Number.NaN;
  if (!(value >= 0 && value <= 0o777)) refuseAt(where, `is ${shown(scalar?.text ?? 'a list or a map')}; write a mode such as 0660, without quotes and up to 0777.`);
}

function assertPath(path: string, where: string, scope: string): void {
  if (cleanPath(path) !== path) refuseAt(where, `is ${shown(path)}; write it as ${shown(cleanPath(path))}.`);
  const folders = scope === 'system' || scope === 'user' ? FOLDERS[scope] : [];
  if (!folders.some((folder) => path.startsWith(`${folder}/`))) refuseAt(where, `is ${shown(path)}; a socket of ${scope === '' ? 'an app that is no service can be nowhere' : `a ${scope} service lies in ${folders.join(', ')}`}.`);
}

function assertPort(address: string, where: string): void {
  const colon = address.lastIndexOf(':');
  const port = address.slice(colon + 1);
  if (colon >= 0 && !HOSTS.includes(address.slice(0, colon))) refuseAt(where, `is ${shown(address)}; the host may be ${HOSTS.join(', ')}.`);
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) refuseAt(where, `is ${shown(address)}; a port is a number from 1 to 65535.`);
}
