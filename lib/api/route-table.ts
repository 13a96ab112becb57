import { AppError } from '../errors';
import { OPERATIONS } from './openapi';

const PREFIX = '/api/v1';
const TABLE: readonly { method: string; path: string }[] = [
  { method: 'get', path: `${PREFIX}/openapi.json` },
  ...OPERATIONS,
];
/** What the framework answers by itself. */
const IMPLIED: Record<string, string> = { HEAD: 'GET' };

/** Methods of the operations at an address, in capitals; a `{place}` in the table stands for any one segment. */
export function methodsAt(pathname: string): string[] {
  const segments = pathname.split('/');
  return TABLE.filter(({ path }) => fits(segments, path.split('/'))).map(({ method }) => method.toUpperCase());
}

const fits = (segments: string[], wanted: string[]): boolean =>
  wanted.length === segments.length &&
  wanted.every((one, i) => (one.startsWith('{') ? segments[i] !== '' : one === segments[i]));

/**
 * Lets pass what is no operation's address, or asks an operation that there is.
 * Throws AppError `not-found`, or `method-refused` with the methods that there are as details.allow.
 */
export function assertOperation(method: string, pathname: string): void {
  // With a slash at its end the framework leads on to the address without.
  const path = pathname.replace(/(?<=.)\/$/, '');
  if (path !== PREFIX && !path.startsWith(`${PREFIX}/`)) return;
  const methods = methodsAt(path);
  if (methods.length === 0) {
    const message = `There is nothing at ${path.slice(0, 200)}. GET ${PREFIX}/openapi.json tells what there is.`;
    throw new AppError('not-found', message);
  }
  if (method === 'OPTIONS' || methods.includes(IMPLIED[method] ?? method)) return;
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
  const message = `${method} is not possible here; ${allow.join(', ')} are.`;
  throw new AppError('method-refused', message, { details: { allow } });
}
