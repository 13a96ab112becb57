import type { Headers } from '../assertion/assertion';
import { compareBytes } from '../bytes';

/** In the order of what gets signed; whatever else there is follows by name. */
const FIRST = ['type', 'authority-id', 'revision', 'series', 'brand-id', 'model'];
/** snapd asserts/signtool/sign.go sets them from the body and the key. */
const SET_BY_SIGNER = ['body-length', 'sign-key-sha3-384'];

/** The JSON that `snap sign` takes: one object, `type` first, ended by a line feed. */
export function exportJson(headers: Headers): string {
  const given = Object.keys(headers).filter((name) => !SET_BY_SIGNER.includes(name));
  const rest = given.filter((name) => !FIRST.includes(name)).sort(compareBytes);
  const names = [...FIRST.filter((name) => given.includes(name)), ...rest];
  // Written member by member, because an object would put names like `12` first and lose one called `__proto__`.
  const members = names.map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(headers[name], undefined, 2).replaceAll('\n', '\n  ')}`);
  return `{\n${members.join(',\n')}\n}\n`;
}

const ENDINGS = { json: '.json', model: '.model', chain: '-chain.assert' } as const;

/** `acme-kiosk-r3.model`; safe in a Content-Disposition header as long as the model's name is one. */
export const modelFileName = (name: string, revision: number, form: keyof typeof ENDINGS): string => `${name}-r${revision}${ENDINGS[form]}`;
