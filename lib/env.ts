import { homedir } from 'node:os';
import { resolve, join } from 'node:path';
import { z } from 'zod';
import { fromBase64 } from './bytes';
import { AppError } from './errors';
import type { Problem } from './errors';

const EMBEDDED = ['postgres', 'oidc', 'store'] as const;
export type EmbeddedPart = (typeof EMBEDDED)[number];

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

const text = z.string().min(1);
const webUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).transform((url) => url.replace(/\/+$/, ''));
/** Pages, cookies and redirects of the console begin at the root of its address. */
const rootUrl = webUrl.refine((url) => url === new URL(url).origin, 'must be an address without a path, a query or a user: https://imprint.example.com');
const databaseUrl = z.url({
  protocol: /^postgres(?:ql)?$/,
  error: 'must be a URL such as postgres://user:password@host:5432/database; in the password, characters such as @ / # % : are percent-encoded',
});
const path = text.transform((value) => resolve(value));
const masterKey = text.refine((value) => fromBase64(value)?.length === 32, 'must be the base64 of exactly 32 bytes; make one with: openssl rand -base64 32');
const networks = text
  .transform((value) => value.split(',').map((part) => part.trim()).filter((part) => part !== ''))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'must be a comma list of addresses and networks such as 10.0.0.0/8')))
  .refine((list) => !list.some((each) => /\/0*$/.test(each)), 'must not trust every address: then anybody could write any address into the log');
const sandbox = z.enum(['on', 'off'], 'must be on or off').default('on');
const listOf = <Word extends string>(words: readonly [Word, ...Word[]]) =>
  text.transform((value) => value.split(',').map((part) => part.trim()).filter((part) => part !== '')).pipe(z.array(z.enum(words, `must be a comma list of ${words.join(', ')}`)));

const schema = z
  .object({
    /** PostgreSQL, `postgres://user:password@host:port/database`. Set by `npm start` when the embedded server is used. */
    DATABASE_URL: databaseUrl,
    /** Folder of everything kept on disk: artifacts, caches, keys of the embedded parts. */
    IMPRINT_DATA: path.default(resolve('data')),
    /** The console's public address, without a slash at the end. */
    IMPRINT_URL: rootUrl.optional(),
    PORT: z.coerce.number().int('must be a whole number').min(0).max(65535).default(3000),
    /** What the web server listens on: this machine alone unless told otherwise. */
    HOST: text.default('127.0.0.1'),
    /** Comma list of addresses and networks (`10.0.0.0/8`) of reverse proxies: only from these is X-Forwarded-For believed. */
    IMPRINT_TRUSTED_PROXIES: networks.default([]),
    /** Issuer of the OpenID Connect provider: its discovery document is found below it. */
    OIDC_ISSUER: webUrl.optional(),
    OIDC_CLIENT_ID: text.optional(),
    OIDC_CLIENT_SECRET: text.optional(),
    /** The claim that lists a person's groups. */
    OIDC_GROUPS_CLAIM: text.default('groups'),
    OIDC_SCOPE: text.default('openid profile email groups'),
    /** The provider's name on the sign-in button. */
    OIDC_NAME: text.default('single sign-on'),
    /** Encrypts and signs the session cookie. */
    NEXTAUTH_SECRET: z.string().min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32').optional(),
    /** Seals the private keys in the database: base64 of 32 bytes. Goes before the file. */
    IMPRINT_MASTER_KEY: masterKey.optional(),
    /** The file that holds it instead, mode 0600; made at first start. `master.key` in the data folder when not given. */
    IMPRINT_MASTER_KEY_FILE: path.optional(),
    /** `yes`, once: the master key that was is lost for good, and another takes its place. What it sealed stays closed. */
    IMPRINT_MASTER_KEY_LOST: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
    /** JSON file of the brands and which groups have which role there. */
    IMPRINT_BRANDS: path.optional(),
    /** Device side of the Snap Store. */
    STORE_API_URL: webUrl.default('https://api.snapcraft.io'),
    /** Publisher side of the Snap Store, where keys are registered. */
    STORE_DASHBOARD_URL: webUrl.default('https://dashboard.snapcraft.io'),
    /** File of assertions that are trusted beside Canonical's root: the embedded store's own root. */
    STORE_TRUSTED: path.optional(),
    /** Which parts run on this machine in place of real ones. */
    IMPRINT_EMBEDDED: listOf(EMBEDDED).default([]),
    /** What the embedded store has demo snaps for, a comma list: each takes half a minute to make, once. */
    IMPRINT_DEMO_ARCHITECTURES: listOf(['amd64', 'arm64']).default(['amd64']),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be one of fatal, error, warn, info, debug, trace, silent').default('info'),
    /** Builds that one worker process runs at once. */
    IMPRINT_WORKER_CONCURRENCY: z.coerce.number().int('must be a whole number').min(1).max(64).default(1),
    /** Gigabytes of the disk that verified snaps may take beside the images they are in; the least recently used are removed every hour. */
    IMPRINT_SNAP_CACHE_GB: z.coerce.number().min(0, 'must not be negative').max(1e6).default(20),
    /** `off`: tools read files of others under limits only, not in bubblewrap. Where all who build trust each other. */
    IMPRINT_SANDBOX: sandbox,
  })
  .superRefine((env, context) => {
    const problem = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (env.IMPRINT_EMBEDDED.includes('oidc') && !isLoopback(env.HOST))
      problem('HOST', `is ${env.HOST}, but the embedded sign-in asks nobody for a password and so is for this machine alone; set OIDC_ISSUER to a real provider or HOST to 127.0.0.1`);
    if (env.STORE_TRUSTED && !env.IMPRINT_EMBEDDED.includes('store')) problem('STORE_TRUSTED', 'is only for the embedded store; remove it, or add store to IMPRINT_EMBEDDED');
  })
  .transform((env) => ({
    ...env,
    IMPRINT_URL: env.IMPRINT_URL ?? `http://localhost:${env.PORT}`,
    IMPRINT_MASTER_KEY_FILE: env.IMPRINT_MASTER_KEY_FILE ?? join(env.IMPRINT_DATA, 'master.key'),
  }));

export type Env = z.output<typeof schema>;

/** Empty variables count as not given. Throws AppError `environment-invalid` naming every variable that is wrong. */
export function parseEnv(variables: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue): Problem => {
    const name = String(issue.path[0] ?? '');
    return { path: name, code: 'environment', message: name in given ? issue.message : 'is not set' };
  });
  throw invalid(problems);
}

/** What works and is not safe, as sentences for whoever starts the console. */
export function warningsOf({ IMPRINT_URL, OIDC_ISSUER }: Pick<Env, 'IMPRINT_URL' | 'OIDC_ISSUER'>): string[] {
  const isOpen = (url: string | undefined) => url !== undefined && url.startsWith('http:') && !isLoopback(new URL(url).hostname);
  const warnings: string[] = [];
  if (isOpen(IMPRINT_URL)) warnings.push(`IMPRINT_URL is ${IMPRINT_URL}: without https, whoever is on the way can read and take over sessions.`);
  if (isOpen(OIDC_ISSUER)) warnings.push(`OIDC_ISSUER is ${OIDC_ISSUER}: without https, whoever is on the way can sign in as anybody.`);
  return warnings;
}

let read: Env | undefined;

/** The environment of this process, read once. Throws like `parseEnv`. */
export function env(): Env {
  read ??= parseEnv(process.env);
  return read;
}

/** Whether tools run in a sandbox; alone, because the command line has no database. Throws AppError `environment-invalid`. */
export function sandboxSetting({ IMPRINT_SANDBOX: given }: Record<string, string | undefined> = process.env): Env['IMPRINT_SANDBOX'] {
  const parsed = sandbox.safeParse(given === '' ? undefined : given);
  if (parsed.success) return parsed.data;
  throw invalid([{ path: 'IMPRINT_SANDBOX', code: 'environment', message: parsed.error.issues[0]!.message }]);
}

/** Where the command line keeps what may be thrown away at any time (XDG base directories); alone, because it has no database. */
export const userCache = ({ XDG_CACHE_HOME: given }: Record<string, string | undefined> = process.env): string => join(given || join(homedir(), '.cache'), 'imprint');

/** Frameworks that read the process environment themselves are told what ours says; before they are loaded. */
export function tellFrameworks(): void {
  Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXTAUTH_URL: env().IMPRINT_URL });
}

/** Optional variables that the caller cannot do without. Throws AppError `environment-invalid` naming those that are not set. */
export function needEnv<Name extends keyof Env>(...names: Name[]): { [K in Name]: NonNullable<Env[K]> } {
  const all = env();
  const missing = names.filter((name) => all[name] === undefined);
  if (missing.length > 0) throw invalid(missing.map((name) => ({ path: name, code: 'environment', message: 'is not set' })));
  return all as { [K in Name]: NonNullable<Env[K]> };
}

/** Every value that no log may show, as given. */
export const secretsOf = (from: Env): string[] => [from.DATABASE_URL, from.OIDC_CLIENT_SECRET, from.NEXTAUTH_SECRET, from.IMPRINT_MASTER_KEY].filter((value) => value !== undefined);

function invalid(problems: Problem[]): AppError {
  return new AppError('environment-invalid', `The environment is not right: ${problems.map((p) => `${p.path} ${p.message}`).join('; ')}.`, { problems });
}
