import type { HeaderMap, HeaderValue } from '../../assertion/assertion';
import { whyNotSnapName } from '../../snap/names';
import { joinPath } from '../path';
import { isMap, quote, report, textOf, valueOf, type Checking } from './report';

const isPresence = (value: unknown): boolean => value === 'required' || value === 'optional';

/** Components of a snap: `name: required|optional`, or a map of presence and modes. snapd asserts/model.go checkComponentsForMaps. */
export function checkComponents(checking: Checking, entry: HeaderMap, path: string, snapModes: string[]): void {
  const components = valueOf(entry, 'components');
  if (components === undefined) return;
  const at = `${path}.components`;
  if (!isMap(components)) return report(checking, at, 'components', 'components is a map of names to required or optional.', { fix: { label: 'Remove components', op: 'remove', path: at } });
  for (const [name, value] of Object.entries(components)) {
    const wrong = whyNotSnapName(name);
    if (wrong) report(checking, joinPath(at, name), 'component-name', `The component name ${quote(name)} ${wrong}.`);
    checkComponent(checking, value, joinPath(at, name), name, snapModes);
  }
}

function checkComponent(checking: Checking, value: HeaderValue, at: string, name: string, snapModes: string[]): void {
  const fix = { label: 'Make it required', op: 'set' as const, path: at, value: 'required' };
  if (!isMap(value)) {
    if (!isPresence(value)) report(checking, at, 'component-presence', `The component ${quote(name)} is required or optional.`, { fix });
    return;
  }
  const presence = textOf(checking, value, 'presence', `${at}.presence`);
  if (presence !== undefined && !isPresence(presence)) report(checking, `${at}.presence`, 'component-presence', `The component ${quote(name)} is required or optional.`);
  if (valueOf(value, 'presence') === undefined) report(checking, at, 'component-presence', `Say whether the component ${quote(name)} is required or optional.`, { fix });
  for (const key of Object.keys(value)) {
    if (key !== 'presence' && key !== 'modes') report(checking, joinPath(at, key), 'component-key', `A component knows presence and modes, not ${quote(key)}.`, { fix: { label: `Remove ${key}`, op: 'remove', path: joinPath(at, key) } });
  }
  checkComponentModes(checking, value, `${at}.modes`, name, snapModes);
}

function checkComponentModes(checking: Checking, component: HeaderMap, at: string, name: string, snapModes: string[]): void {
  const modes = valueOf(component, 'modes');
  if (modes === undefined) return;
  const fix = { label: 'Remove modes', op: 'remove' as const, path: at };
  if (!Array.isArray(modes) || modes.some((mode) => typeof mode !== 'string')) return report(checking, at, 'component-modes', 'modes is a list of words such as run.', { fix });
  const strange = modes.filter((mode) => !snapModes.includes(mode as string));
  if (strange.length > 0) report(checking, at, 'component-modes', `The component ${quote(name)} can only be there in modes of its snap (${snapModes.join(', ')}), not in ${strange.join(', ')}.`, { fix });
}
