/** What snapd knows of an assertion type (snapd asserts/asserts.go). */
export type AssertionType = {
  name: string;
  /** Header names, in the order of the key. */
  primaryKey: readonly string[];
  /** Defaults of the optional headers at the key's end. */
  defaults: Readonly<Record<string, string>>;
  /** False for the self-signed types, which carry no authority-id. */
  hasAuthority: boolean;
  maxFormat: number;
  /** The body must be JSON as Go writes it. */
  jsonBody: boolean;
  /** The key's last header counts from 1. */
  sequence: boolean;
};

type Traits = Partial<Omit<AssertionType, 'name' | 'primaryKey'>>;

const REGISTRY = new Map<string, AssertionType>();

function define(name: string, primaryKey: string, traits: Traits = {}): void {
  const keys = primaryKey === '' ? [] : primaryKey.split(' ');
  REGISTRY.set(name, { name, primaryKey: keys, defaults: {}, hasAuthority: true, maxFormat: 0, jsonBody: false, sequence: false, ...traits });
}

const PROVENANCE = { defaults: { provenance: 'global-upload' } };
const SELF_SIGNED = { hasAuthority: false };

define('account', 'account-id');
define('account-key', 'public-key-sha3-384', { maxFormat: 1 });
define('model', 'series brand-id model');
define('serial', 'brand-id model serial');
define('system-user', 'brand-id email', { maxFormat: 2 });
define('preseed', 'series brand-id model system-label');
define('validation-set', 'series account-id name sequence', { sequence: true });
define('store', 'store');
define('base-declaration', 'series');
define('snap-declaration', 'series snap-id', { maxFormat: 7 });
define('snap-revision', 'snap-sha3-384 provenance', PROVENANCE);
define('snap-resource-revision', 'snap-id resource-name resource-sha3-384 provenance', PROVENANCE);
define('snap-resource-pair', 'snap-id resource-name resource-revision snap-revision provenance', PROVENANCE);
define('snap-build', 'snap-sha3-384');
define('snap-developer', 'snap-id publisher-id');
define('validation', 'series snap-id approved-snap-id approved-snap-revision');
define('repair', 'brand-id repair-id', { sequence: true });
define('confdb-schema', 'account-id name', { jsonBody: true });
define('cluster', 'cluster-id sequence', { sequence: true });
define('request-message', 'account-id message-id');
define('hardware-identity', 'issuer-id hardware-id-key-sha3-384');
define('account-key-request', 'public-key-sha3-384', SELF_SIGNED);
define('serial-request', '', SELF_SIGNED);
define('device-session-request', 'brand-id model serial', SELF_SIGNED);
define('confdb-control', 'brand-id model serial', SELF_SIGNED);
define('response-message', 'account-id message-id device', SELF_SIGNED);

export const findAssertionType = (name: string): AssertionType | undefined => REGISTRY.get(name);

export const assertionTypeNames = (): string[] => [...REGISTRY.keys()];

/** The key as the store's address has it: optional headers at their default are left out. */
export function shortPrimaryKey(type: AssertionType, key: readonly string[]): string[] {
  const short = [...key];
  while (short.length > 0) {
    const name = type.primaryKey[short.length - 1];
    if (name === undefined || type.defaults[name] === undefined || type.defaults[name] !== short.at(-1)) break;
    short.pop();
  }
  return short;
}

/** The key with its optional headers filled in; undefined when it has too few or too many values, or an empty one. */
export function fullPrimaryKey(type: AssertionType, key: readonly string[]): string[] | undefined {
  const full = [...key];
  for (const name of type.primaryKey.slice(key.length)) {
    const fallback = type.defaults[name];
    if (fallback === undefined) return undefined;
    full.push(fallback);
  }
  return full.length === type.primaryKey.length && full.every((value) => value !== '' && !value.includes('/')) ? full : undefined;
}
