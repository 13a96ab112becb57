import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { demoSet } from './demo-set';
import type { PackageInfo } from './apt';
import { RECIPE } from './recipe';
import type { SetKind } from './recipe';

const LIST = 'set.json';
const UNFINISHED = 'making-';
/** Whoever began it that long ago is gone. */
const ABANDONED_MILLISECONDS = 60 * 60 * 1000;

const list = z.object({
  recipe: z.literal(RECIPE),
  /** Name and version of every Debian package that went in. */
  packages: z.record(z.string(), z.string()),
  files: z.record(z.string(), z.object({ sizeBytes: z.number().int(), sha3_384: z.string() })),
});

const prefixOf = ({ architecture, padding }: SetKind): string => `r${RECIPE}-${architecture}-k${padding.kernelMiB}-b${padding.baseMiB}-`;

/** The folder of a whole set of this recipe whose every file has the recorded size and digest; undefined when there is none. A spoilt set is removed. */
export async function findSet(cacheDir: string, kind: SetKind): Promise<string | undefined> {
  await mkdir(cacheDir, { recursive: true });
  const names = (await readdir(cacheDir)).filter((name) => name.startsWith(prefixOf(kind))).sort();
  for (const name of names) {
    const folder = join(cacheDir, name);
    if (await isWhole(folder, kind)) return folder;
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}

async function isWhole(folder: string, { architecture }: SetKind): Promise<boolean> {
  const text = await readFile(join(folder, LIST), 'utf8').catch(() => '');
  let files: z.output<typeof list>['files'];
  try {
    ({ files } = list.parse(JSON.parse(text)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return false;
    throw error;
  }
  for (const { fileName } of demoSet(architecture)) {
    const file = join(folder, fileName);
    const size = await lstat(file).then((found) => found.size, () => -1);
    if (files[fileName]?.sizeBytes !== size || files[fileName].sha3_384 !== (await digestOf(file))) return false;
  }
  return true;
}

/** A folder to make a set in, on the cache's own disk. Also removes what killed runs left, and sets of other recipes. */
export async function beginSet(cacheDir: string): Promise<string> {
  for (const name of await readdir(cacheDir)) {
    const path = join(cacheDir, name);
    const outdated = /^r\d+-/.test(name) && !name.startsWith(`r${RECIPE}-`);
    if (outdated || (name.startsWith(UNFINISHED) && (await isAbandoned(path)))) await rm(path, { recursive: true, force: true });
  }
  return mkdtemp(join(cacheDir, UNFINISHED));
}

async function isAbandoned(folder: string): Promise<boolean> {
  const changed = await stat(folder).then((found) => found.mtimeMs, () => Date.now());
  return Date.now() - changed > ABANDONED_MILLISECONDS;
}

/** Lists the files of a finished set and moves it to its name in one step. Gives the folder, which may be that of another process that was faster. */
export async function keepSet(cacheDir: string, folder: string, packages: PackageInfo[], kind: SetKind): Promise<string> {
  const files: z.output<typeof list>['files'] = {};
  for (const { fileName } of demoSet(kind.architecture)) {
    const file = join(folder, fileName);
    files[fileName] = { sizeBytes: (await stat(file)).size, sha3_384: await digestOf(file) };
  }
  const versions = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  await writeFile(join(folder, LIST), `${JSON.stringify({ recipe: RECIPE, packages: versions, files } satisfies z.output<typeof list>, null, 2)}\n`);
  const key = createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, 16);
  const target = join(cacheDir, `${prefixOf(kind)}${key}`);
  try {
    await rename(folder, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    await rm(folder, { recursive: true });
  }
  return target;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha3-384');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
