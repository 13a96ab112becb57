import type { HeaderMap } from '../assertion';
import { HEADER_NAME } from '../scalars';
import { Place } from './confdb-place';
import { ViewRules } from './confdb-rules';
import { readStorage } from './confdb-storage';
import { asMap, breaks, optionalList, optionalMap, optionalText } from './rules';

const PRESENCE = ['', 'optional', 'required-on-write', 'required-on-read', 'required'];

/**
 * The header `views` of a confdb-schema, against the `storage` in its body (snapd confdb/confdb.go NewSchema). Storage that snapd would refuse is not refused here:
 * where it cannot be read, every path may go. Throws Fault.
 */
export function checkViews(views: HeaderMap, storage: unknown): void {
  const names = Object.keys(views);
  if (names.length === 0) breaks('views', 'should name at least one view');
  const top = Place.root(readStorage(storage));
  for (const name of names) {
    if (!HEADER_NAME.test(name)) breaks('views', `has a view without a proper name, which has lower-case letters, digits and single inner hyphens, a letter first: ${JSON.stringify(name.slice(0, 80))}`);
    checkView(asMap(views[name]!, `views.${name}`), `views.${name}`, top);
  }
}

function checkView(view: HeaderMap, at: string, top: Place): void {
  optionalText(view, 'summary', at);
  const parameters = optionalMap(view, 'parameters', at) ?? {};
  for (const [name, value] of Object.entries(parameters)) {
    const path = `${at}.parameters.${name}`;
    if (!PRESENCE.includes(optionalText(asMap(value, path), 'presence', path))) breaks(`${path}.presence`, 'should be "optional", "required-on-write", "required-on-read" or "required"');
  }
  const rules = optionalList(view, 'rules', at);
  if (rules.length === 0) breaks(`${at}.rules`, 'should have at least one rule');
  new ViewRules(top, new Set(Object.keys(parameters))).check(rules, `${at}.rules`);
}
