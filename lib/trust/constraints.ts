import type { Headers, HeaderValue } from '../assertion/assertion';
import { compileConstraints, ConstraintFault } from '../keys/constraints';

type Test = (headers: Headers) => boolean;

/** Of the lists and maps that were asked about: an account-key's is asked once for each assertion that the key signed. */
const COMPILED = new WeakMap<object, Test>();

/** Whether an account-key's `constraints` let it sign these headers; those that cannot be read allow nothing (snapd asserts/account_key.go). */
export function allowedByConstraints(constraints: HeaderValue | undefined, headers: Headers): boolean {
  if (constraints === undefined) return true;
  if (typeof constraints === 'string') return false;
  const known = COMPILED.get(constraints);
  const test = known ?? compile(constraints);
  if (!known) COMPILED.set(constraints, test);
  return test(headers);
}

function compile(constraints: HeaderValue): Test {
  try {
    return compileConstraints(constraints);
  } catch (error) {
    if (error instanceof ConstraintFault) return () => false;
    throw error;
  }
}
