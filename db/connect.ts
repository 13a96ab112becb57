import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '@/lib/errors';

/** How long a database that does not answer yet is waited for: as long as a machine takes to boot it. */
const WAIT_SECONDS = 60;
const CONNECT_MS = 10_000;

/** Refused, unknown for now, on its way up or down, or out of connections: what passes by itself. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

type Waiting = { say?: (line: string) => void; signal?: AbortSignal; seconds?: number };

/**
 * A connection to `url` (as in DATABASE_URL), for which a database that is not up yet is waited for.
 * Throws AppError `database-unreachable` with what is wrong and what to do about it.
 */
export async function connect(url: string, name: string, waiting: Waiting = {}): Promise<Client> {
  const { say, signal, seconds = WAIT_SECONDS } = waiting;
  const end = Date.now() + seconds * 1000;
  for (let first = true; ; first = false) {
    try {
      const client = new Client({ connectionString: url, application_name: name, connectionTimeoutMillis: CONNECT_MS });
      // A connection that breaks later fails the next query; without a listener it would end the process.
      client.on('error', () => undefined);
      await client.connect();
      return client;
    } catch (error) {
      if (!PASSING.has(codeOf(error)) || Date.now() >= end) throw explain(error, url);
      if (first) say?.(`The database at ${hostOf(url)} does not answer yet (${messageOf(error)}); waiting for it`);
    }
    await wait(Math.min(1000, Math.max(0, end - Date.now())), undefined, { signal });
  }
}

/** Of several addresses that were tried, the first has the code. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: string; errors?: { code?: string }[] };
  if (code) return code;
  if (errors?.[0]?.code) return errors[0].code;
  return /timeout expired|Connection terminated/.test(messageOf(error)) ? 'ETIMEDOUT' : '';
}

const messageOf = (error: unknown): string => (error instanceof Error && error.message ? error.message : codeOf(error));

/** Host, port and database; never who connects, nor by which password. */
const hostOf = (url: string): string => {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
};

const TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/;

function explain(cause: unknown, url: string): AppError {
  const code = codeOf(cause);
  const { username, pathname } = new URL(url);
  const said = messageOf(cause).replace(/\.$/, '');
  const fail = (what: string) =>
    new AppError('database-unreachable', `The database that DATABASE_URL names (${hostOf(url)}) ${what}`, { cause });
  if (code === '28P01')
    return fail(`refuses the password of ${username}. Correct it; characters such as @ / # % : have to be percent-encoded there.`);
  if (code === '28000') return fail(`does not let ${username} in: ${said}. Look at its pg_hba.conf, and whether the role may log in.`);
  if (code === '3D000') return fail(`has no database ${pathname.slice(1)}. Make it: createdb -O ${username} ${pathname.slice(1)}`);
  if (code === '42501') return fail(`does not let ${username} do that: ${said}. docs/operations.md lists the rights it needs.`);
  if (TLS.test(code) || /SSL|certificate/i.test(said))
    return fail(`and this machine do not agree on TLS: ${said}. Set sslmode and sslrootcert in DATABASE_URL.`);
  if (code === 'ENOENT' || code === 'EACCES')
    return fail(`cannot be reached: a file that DATABASE_URL names cannot be read (${said}). Correct sslrootcert, sslcert and sslkey.`);
  if (PASSING.has(code)) return fail(`does not answer: ${said}. Start it, or correct host and port.`);
  return fail(`cannot be used: ${said}.`);
}
