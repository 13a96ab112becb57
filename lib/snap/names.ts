/** Names and ids of snaps and accounts (snapd snap/naming/validate.go, asserts/header_checks.go). */
import { ACCOUNT_ID, isInstanceName, isSnapName, SNAP_ID } from '../assertion/scalars';

export { isInstanceName, isSnapName };

export const isSnapId = (id: string): boolean => SNAP_ID.test(id);

export const isAccountId = (id: string): boolean => ACCOUNT_ID.test(id);

/** Why a snap name is refused, as half a sentence after the name; undefined when it is one. */
export function whyNotSnapName(name: string): string | undefined {
  if (isSnapName(name)) return undefined;
  if (isInstanceName(name)) return `names a parallel instance; write ${name.slice(0, name.indexOf('_'))}`;
  if (name.length < 2 || name.length > 40) return 'needs 2 to 40 characters';
  if (!/^[a-z0-9-]*$/.test(name)) return 'may only have lower-case letters, digits and hyphens';
  if (!/[a-z]/.test(name)) return 'needs at least one letter';
  return 'may not start or end with a hyphen, nor have two in a row';
}

/** Ids that snapd itself knows (snapd snap/naming/wellknown.go): a model may leave such a base out of its snaps. */
export const WELL_KNOWN_SNAP_IDS: ReadonlyMap<string, string> = new Map([
  ['core', '99T7MUlRhtI3U0QFgl5mXXESAiSwt776'],
  ['snapd', 'PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4'],
  ['core18', 'CSO04Jhav2yK0uz97cr0ipQRyqg0qQL6'],
  ['core20', 'DLqre5XGLbDqg9jPtiAhRRjDuPVa5X1q'],
  ['core22', 'amcUKQILKXHHTlmSa7NMdnXSx02dNeeT'],
  ['core24', 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM'],
]);

/** Ids of further snaps of Canonical, read from the reference models; snapd does not know them by heart. */
export const REFERENCE_SNAP_IDS: ReadonlyMap<string, string> = new Map([
  ...WELL_KNOWN_SNAP_IDS,
  ['core26', 'cUqM61hRuZAJYmIS898Ux66VY61gBbZf'],
  ['pc', 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH'],
  ['pc-kernel', 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza'],
  ['pi', 'YbGa9O3dAXl88YLI6Y1bGG74pwBxZyKg'],
  ['pi-kernel', 'jeIuP6tfFrvAdic8DMWqHmoaoukAPNbJ'],
  ['console-conf', 'ASctKBEHzVt3f1pbZLoekCvcigRjtuqw'],
]);

/** The name that a reference id stands for; a snap with this id under another name is a mistake. */
export const referenceSnapName = (id: string): string | undefined => [...REFERENCE_SNAP_IDS].find(([, known]) => known === id)?.[0];

/** snapd's words, as a model writes them (`core` is `os` in snap.yaml). */
export const SNAP_TYPES = ['app', 'base', 'gadget', 'kernel', 'core', 'snapd'] as const;
export type SnapType = (typeof SNAP_TYPES)[number];
