import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const IGNORED = /(?:\.test\.tsx?$)|(?:\/testing\/)|(?:\/fixtures\/)/;

/** One digest over the names and contents of files and of whole folders below `root`: the same sources, the same digest. */
export async function hashSources(root: string, paths: string[]): Promise<string> {
  const files = (await Promise.all(paths.map((path) => list(root, path)))).flat().filter((file) => !IGNORED.test(file)).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(root, file))));
  const hash = createHash('sha256').update(process.version);
  files.forEach((file, i) => hash.update(`\0${file}\0${contents[i]!.length}\0`).update(contents[i]!));
  return hash.digest('hex');
}

async function list(root: string, path: string): Promise<string[]> {
  const found = await stat(join(root, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const entries = await readdir(join(root, path));
  return (await Promise.all(entries.map((name) => list(root, `${path}/${name}`)))).flat();
}
