import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { JsonError, parseJson } from '@/lib/json/parse-json';
import { storeDir } from './store/store-dir';
import { DEMO_BRANDS } from './oidc/people';

const secrets = z.object({ session: z.string().min(32), oidcClient: z.string().min(32) });
export type Secrets = z.infer<typeof secrets>;

/** Made once, readable by this account alone. Throws AppError `data-unusable` when the file is spoilt. */
export async function readSecrets(dataDir: string): Promise<Secrets> {
  const make = () => randomBytes(32).toString('base64url');
  const file = join(dataDir, 'secrets.json');
  const text = await makeOnce(file, () => JSON.stringify({ session: make(), oidcClient: make() }), 0o600);
  await chmod(file, 0o600);
  return parse(file, secrets, text);
}

/** The demo brands, to be edited or replaced. `withStore`: the embedded store's credentials are theirs. Returns the file's path. */
export async function writeDemoBrands(dataDir: string, withStore: boolean): Promise<string> {
  const file = join(dataDir, 'brands.json');
  const brands = DEMO_BRANDS.map((brand) => ({ ...brand, ...(withStore ? { storeCredentials: storeDir(dataDir).credentialsFile(brand.accountId) } : {}) }));
  await makeOnce(file, () => `${JSON.stringify(brands, null, 2)}\n`, 0o644);
  return file;
}

const accounts = z.array(z.object({ accountId: z.string(), name: z.string() }));

/** The accounts that the embedded store must have: one a brand. Throws AppError `brands-invalid`. */
export async function readAccounts(brandsFile: string): Promise<{ accountId: string; name: string }[]> {
  const what = `The file of brands, ${brandsFile},`;
  const value = parseJson(await readFile(brandsFile, 'utf8'), what, { code: 'brands-invalid' });
  const read = accounts.safeParse(value);
  if (read.success) return read.data;
  const message = `${what} is no list of brands that have "accountId" and "name" each.`;
  throw new AppError('brands-invalid', message, { cause: read.error });
}

const ports = z.record(z.string(), z.number().int());

/** A free port for each name: that of the last start where it still is free, so that addresses stay. `mine` are in use by what we adopt. */
export async function choosePorts(dataDir: string, names: readonly string[]): Promise<Record<string, number>> {
  const file = join(dataDir, 'ports.json');
  const last = parse(file, ports, await makeOnce(file, () => '{}', 0o644));
  const chosen: Record<string, number> = {};
  for (const name of names) chosen[name] = (last[name] !== undefined && (await claim(last[name]))) || ((await claim(0)) as number);
  await writeFile(file, `${JSON.stringify({ ...last, ...chosen })}\n`);
  return chosen;
}

/** The port, or any free one for 0; undefined when it is taken. */
export function claim(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(address !== null && typeof address === 'object' ? address.port : undefined));
    });
  });
}

async function makeOnce(file: string, content: () => string, mode: number): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, content(), { mode, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFile(file, 'utf8');
}

function parse<T>(file: string, schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(parseJson(text));
  } catch (cause) {
    // What the reader says quotes a character, and this may be the file of secrets.
    const { line, column } = cause instanceof JsonError ? cause.place : {};
    const place = line === undefined ? '' : ` (no JSON at line ${line}, column ${column})`;
    const advice = 'Put it back from a backup, or remove it to have it made anew.';
    throw new AppError('data-unusable', `The file ${file} is spoilt${place}. ${advice}`, { cause });
  }
}
