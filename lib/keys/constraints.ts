import { RE2JS, RE2JSException } from 're2js';
import type { HeaderMap, HeaderValue } from '../assertion/assertion';

/** What an account-key may sign, ready to be asked; `undefined` stands for a header that is absent. */
type Matcher = (value: HeaderValue | undefined) => boolean;

/** What is wrong with constraints, as the rest of a sentence about `path`. */
export class ConstraintFault extends Error {
  constructor(
    readonly path: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ConstraintFault';
  }
}

/**
 * The `constraints` of an account-key (snapd asserts/account_key.go, constraint.go): any entry will do, and within it every header.
 * Expressions are Go's, anchored at both ends. Throws ConstraintFault.
 */
export function compileConstraints(constraints: HeaderValue): (headers: HeaderMap) => boolean {
  if (!Array.isArray(constraints)) throw new ConstraintFault('constraints', 'should be a list of maps');
  if (constraints.length === 0) throw new ConstraintFault('constraints', 'cannot be empty');
  const entries = constraints.map((entry, i) => {
    const path = `constraints[${i}]`;
    if (!isMap(entry)) throw new ConstraintFault(path, 'should be a map');
    const wanted = entry['headers'];
    if (wanted === undefined) throw new ConstraintFault(path, 'needs "headers"');
    if (!isMap(wanted)) throw new ConstraintFault(`${path}.headers`, 'should be a map');
    const type = wanted['type'];
    if (typeof type !== 'string') throw new ConstraintFault(`${path}.headers.type`, type === undefined ? 'is missing' : 'should be text');
    if (/[\\.+*?()|[\]{}^$]/.test(type)) throw new ConstraintFault(`${path}.headers.type`, 'should be the plain name of a type');
    return compileMap(wanted, `${path}.headers`);
  });
  return (headers) => entries.some((matches) => matches(headers));
}

const isMap = (value: HeaderValue | undefined): value is HeaderMap => typeof value === 'object' && !Array.isArray(value);

function compile(wanted: HeaderValue, path: string, within = false): Matcher {
  if (isMap(wanted)) return compileMap(wanted, path);
  if (Array.isArray(wanted)) {
    if (within) throw new ConstraintFault(path, 'cannot be a list of alternatives within another');
    const alternatives = wanted.map((each, i) => compile(each, `${path}[${i}]`, true));
    const matches: Matcher = (value) => (Array.isArray(value) ? value.every(matches) : alternatives.some((alternative) => alternative(value)));
    return matches;
  }
  if (wanted === '$MISSING') return (value) => value === undefined;
  if (wanted.startsWith('$')) throw new ConstraintFault(path, 'can be "$MISSING" or an expression, nothing else that begins with "$"');
  return compileExpression(wanted, path);
}

function compileMap(wanted: HeaderMap, path: string): Matcher {
  const entries = Object.entries(wanted).map(([name, each]) => [name, each === '$MISSING', compile(each, `${path}.${name}`)] as const);
  const matches: Matcher = (value) => {
    if (Array.isArray(value)) return value.every(matches);
    return isMap(value) && entries.every(([name, missing, fits]) => (missing || value[name] !== undefined) && fits(value[name]));
  };
  return matches;
}

function compileExpression(expression: string, path: string): Matcher {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(`^(${expression})$`);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new ConstraintFault(path, `is no expression that snapd knows: ${error.message}`, { cause: error });
  }
  const matches: Matcher = (value) => (Array.isArray(value) ? value.every(matches) : typeof value === 'string' && pattern.matcher(value).find());
  return matches;
}
