import type { Assertion, HeaderMap } from '../assertion';
import { ACCOUNT_ID, HEADER_NAME, SERIAL } from '../scalars';
import { checkModelName } from './model';
import { breaks, optionalMapList, optionalTextList, requireMatch } from './rules';

const AUTHENTICATION = /^(?:operator-key|store)$/;

/** snapd asserts/confdb.go, confdb/confdb_control.go. That its device signed it is for lib/trust to say. */
export function checkConfdbControl(assertion: Assertion): void {
  const { headers } = assertion;
  requireMatch(headers, 'brand-id', ACCOUNT_ID, 'an account id');
  checkModelName(assertion);
  requireMatch(headers, 'serial', SERIAL, 'a serial: letters and digits, and single : + - between them');
  optionalMapList(headers, 'groups').forEach((group, i) => {
    const at = `groups[${i}]`;
    checkList(group, 'authentications', at, (text) => AUTHENTICATION.test(text), '"operator-key" or "store"');
    checkList(group, 'views', at, isView, 'a view: <account-id>/<confdb>/<view>');
    checkList(group, 'operators', at, (text) => ACCOUNT_ID.test(text), 'an account id');
  });
}

function checkList(
  group: HeaderMap,
  name: string,
  at: string,
  fits: (text: string) => boolean,
  what: string,
): void {
  const list = optionalTextList(group, name, undefined, at);
  if (list.length === 0) breaks(`${at}.${name}`, 'should have at least one entry');
  list.forEach((text, i) => {
    if (!fits(text)) breaks(`${at}.${name}[${i}]`, `should be ${what}`);
  });
}

function isView(text: string): boolean {
  const [account = '', confdb = '', view = '', ...more] = text.split('/', 4);
  return more.length === 0 && ACCOUNT_ID.test(account) && HEADER_NAME.test(confdb) && HEADER_NAME.test(view);
}
