import type { Headers, HeaderValue } from './assertion';

/** The lowest format that knows what these headers use (snapd asserts: account_key.go, system_user.go, snap_asserts.go). */
export function formatNeeded(headers: Headers): number {
  switch (headers['type']) {
    case 'account-key':
      return headers['constraints'] === undefined ? 0 : 1;
    case 'system-user':
      if (headers['user-presence'] !== undefined && headers['user-presence'] !== '') return 2;
      return Array.isArray(headers['serials']) && headers['serials'].length > 0 ? 1 : 0;
    case 'snap-declaration':
      return Math.max(ruleFormat(headers['plugs']), ruleFormat(headers['slots']));
    default:
      return 0;
  }
}

const DEVICE_SCOPE = new Set(['on-store', 'on-brand', 'on-model']);
const SIDE_NAMES = new Set(['plug-names', 'slot-names']);
const ATTRIBUTES = new Set(['plug-attributes', 'slot-attributes']);

/** A look at the words of the interface rules, not a reading of the language: what snapd's own tools write is found. */
function ruleFormat(rules: HeaderValue | undefined): number {
  if (rules === undefined) return 0;
  let format = 1;
  const needs = (n: number): void => void (format = Math.max(format, n));
  const walk = (value: HeaderValue, inAttributes: boolean): void => {
    if (typeof value === 'string') {
      if (!inAttributes || !value.startsWith('$')) return;
      needs(/^\$(?:PLUG|SLOT)_PUBLISHER_ID$/.test(value) ? 6 : 2);
    } else if (Array.isArray(value)) {
      if (inAttributes) needs(5);
      for (const item of value) walk(item, inAttributes);
    } else {
      for (const [key, item] of Object.entries(value)) {
        if (!inAttributes && DEVICE_SCOPE.has(key)) needs(3);
        if (!inAttributes && SIDE_NAMES.has(key)) needs(4);
        if (!inAttributes && key === 'on-classic' && Array.isArray(item) && item.some((distro) => typeof distro === 'string' && distro.includes('/'))) needs(7);
        const attributes = !inAttributes && ATTRIBUTES.has(key);
        walk(item, inAttributes || attributes);
      }
    }
  };
  walk(rules, false);
  return format;
}
