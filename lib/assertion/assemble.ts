import { fromUtf8 } from '../bytes';
import type { Assertion, Headers } from './assertion';
import { checkTypeRules } from './checks/registry';
import { requireText } from './checks/rules';
import type { TypeChecks } from './checks/registry';
import { Fault } from './format-error';
import { checkGoJson } from './json-body';
import { isSha3Digest, parseInteger } from './scalars';
import { findAssertionType } from './types';

export type DecodeOptions = {
  /** Further rules by type, run after this room's own: the model's full rules live to the right of this room. They throw Fault. */
  checks?: TypeChecks;
  /** The bytes never change again, so a stream need not be copied. */
  borrow?: boolean;
};

export type Parts = { headers: Headers; body: Uint8Array; content: Uint8Array; signature: Uint8Array };

function count(headers: Headers, name: string): bigint {
  const value = headers[name];
  if (value === undefined) return 0n;
  const number = typeof value === 'string' ? parseInteger(value) : undefined;
  const code = name === 'body-length' ? 'assertion-body-length' : name === 'format' ? 'assertion-format' : 'assertion-header-value';
  if (number === undefined) throw new Fault(code, `The header "${name}" should be a whole number without leading zeros`, { header: name });
  if (number < 0n) throw new Fault(code, `The header "${name}" cannot be negative`, { header: name });
  return number;
}

/** The length that the headers promise, for the reader of a stream. Throws Fault. */
export const bodyLengthOf = (headers: Headers): number => Number(count(headers, 'body-length'));

/** `$builtin` stands where snapd ships an assertion of its own, unsigned (snapd asserts/builtin.go). No check ever passes with it. */
const isBuiltin = (signature: Uint8Array): boolean => signature.length < 64 && /^\$builtin\n*$/.test(fromUtf8(signature) ?? '');

/** The checks that every assertion passes, in snapd's order, then its type's own (snapd asserts/asserts.go). Fills in optional primary keys. Throws Fault. */
export function assemble(parts: Parts, options: DecodeOptions = {}): Assertion {
  try {
    return check(parts, options);
  } catch (error) {
    if (error instanceof Fault) error.headers = parts.headers;
    throw error;
  }
}

function check({ headers, body, content, signature }: Parts, options: DecodeOptions): Assertion {
  const length = count(headers, 'body-length');
  if (length !== BigInt(body.length)) throw new Fault('assertion-body-length', `The body has ${body.length} bytes where "body-length" says ${length}`, { header: 'body-length' });
  if (body.length > 0 && fromUtf8(body) === undefined) throw new Fault('assertion-not-utf8', 'The body is not UTF-8');
  const builtin = isBuiltin(signature);
  const signKeyId = builtin ? '' : requireText(headers, 'sign-key-sha3-384');
  if (!builtin && !isSha3Digest(signKeyId)) throw new Fault('assertion-header-value', 'The header "sign-key-sha3-384" should be a key id: 64 characters of base64url', { header: 'sign-key-sha3-384' });

  const name = requireText(headers, 'type');
  const type = findAssertionType(name);
  if (!type) throw new Fault('unknown-type', `"${name.slice(0, 60)}" is no known type of assertion`, { header: 'type' });
  if (type.jsonBody) checkGoJson(body, name);
  if (!type.hasAuthority && 'authority-id' in headers) throw new Fault('assertion-authority', `A ${name} signs for itself and has no "authority-id"`, { header: 'authority-id' });
  const authorityId = type.hasAuthority ? requireText(headers, 'authority-id') : undefined;
  const format = Number(count(headers, 'format'));
  const primaryKey = type.primaryKey.map((header) => {
    const fallback = type.defaults[header];
    if (fallback !== undefined && !(header in headers)) headers[header] = fallback;
    const value = requireText(headers, header);
    if (value.includes('/')) throw new Fault('assertion-header-value', `The header "${header}" is part of the primary key and cannot hold "/"`, { header });
    return value;
  });
  const revision = Number(count(headers, 'revision'));
  if (signature.length === 0) throw new Fault('assertion-signature-empty', 'The signature is empty');
  const assertion: Assertion = { type: name, format, revision, authorityId, primaryKey, signKeyId, headers, body, content, signature };
  checkTypeRules(assertion);
  options.checks?.[name]?.(assertion);
  return assertion;
}
