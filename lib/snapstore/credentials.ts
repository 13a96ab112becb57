import { z } from 'zod';
import { fromBase64, fromUtf8 } from '../bytes';
import { AppError } from '../errors';
import { bindDischarge } from './macaroon';

/** Macaroons and tokens are printable ASCII without quotes; anything else could break out of the header. */
const token = z.string().min(1).max(32_768).regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/);

/** Every form becomes one of: a root with its discharges, or a scheme with a token. */
const exported = z.union([
  z.object({ t: z.literal('u1-macaroon'), v: z.object({ r: token, d: token }) }).transform(({ v }) => ({ root: v.r, discharges: [v.d] })),
  z.object({ t: z.enum(['macaroon', 'bearer']), v: token }).transform(({ t, v }) => ({ scheme: t === 'bearer' ? 'Bearer' : 'Macaroon', token: v })),
  z.object({ r: token, d: token }).transform((v) => ({ root: v.r, discharges: [v.d] })),
  z.object({ macaroon: token, discharges: z.array(token).min(1).max(10) }).transform((v) => ({ root: v.macaroon, discharges: v.discharges })),
]);

/**
 * The Authorization header of exported store credentials: base64 of JSON as `snapcraft export-login` prints it, or the
 * JSON `{"macaroon","discharges"}`. Discharges are bound to their root here.
 * Throws AppError `store-auth`, which never holds any of the text.
 */
export function parseCredentials(text: string): string {
  const parsed = exported.safeParse(readJson(text.replace(/\s+/g, '')));
  if (!parsed.success) throw unreadable();
  const form = parsed.data;
  if ('scheme' in form) return `${form.scheme} ${form.token}`;
  const bound = form.discharges.map((discharge) => bindDischarge(form.root, discharge));
  if (bound.includes(undefined)) throw unreadable();
  return [`Macaroon root="${form.root}"`, ...bound.map((discharge) => `discharge="${discharge}"`)].join(', ');
}

/** The parser's own message would quote the secret, so it is not passed on as a cause. */
function readJson(text: string): unknown {
  const bytes = text.startsWith('{') ? undefined : fromBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='));
  const json = text.startsWith('{') ? text : bytes && fromUtf8(bytes);
  try {
    return JSON.parse(json ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable();
    throw error;
  }
}

const unreadable = () =>
  new AppError('store-auth', 'The Snap Store credentials cannot be read. Export them again with "snapcraft export-login" and give the whole text.');
