import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the files of a folder take on the disk, holes left out, each once however many names it has; a file that the cache has too counts. */
export async function diskBytes(folder: string): Promise<number> {
  const seen = new Set<string>();
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { dev, ino, blocks } = await stat(join(entry.parentPath, entry.name));
    if (!seen.has(`${dev}:${ino}`)) bytes += blocks * 512;
    seen.add(`${dev}:${ino}`);
  }
  return bytes;
}
