import type { Stats } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const PROGRAM = 0o755;
const DATA = 0o644;
const modeOf = (file: Stats): number => (file.mode & 0o100 ? PROGRAM : DATA);

/** A folder that becomes a snap or an archive. Once settled it does not depend on who made it, when, or under which umask. */
export class Tree {
  constructor(readonly root: string) {}

  async file(path: string, content: string | Uint8Array): Promise<void> {
    await writeFile(await this.#place(path), content);
  }

  async program(path: string, content: string | Uint8Array): Promise<void> {
    const to = await this.#place(path);
    await writeFile(to, content);
    await chmod(to, PROGRAM);
  }

  /** A program stays one. */
  async copy(from: string, path: string): Promise<void> {
    const to = await this.#place(path);
    await copyFile(from, to);
    await chmod(to, modeOf(await lstat(from)));
  }

  async copyFolder(from: string, path: string): Promise<void> {
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const source = join(from, entry.name);
      const target = `${path}/${entry.name}`;
      if (entry.isDirectory()) await this.copyFolder(source, target);
      else if (entry.isFile()) await this.copy(source, target);
    }
  }

  async folder(...paths: string[]): Promise<void> {
    for (const path of paths) await mkdir(join(this.root, path), { recursive: true });
  }

  async link(path: string, target: string): Promise<void> {
    await symlink(target, await this.#place(path));
  }

  /** Gives everything a mode without surprises (nothing is setuid) and every file the same time, in seconds since 1970. */
  async settle(seconds: number, folder = this.root): Promise<void> {
    await chmod(folder, PROGRAM);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.settle(seconds, path);
      else if (entry.isFile()) {
        await chmod(path, modeOf(await lstat(path)));
        await utimes(path, seconds, seconds);
      }
    }
  }

  async #place(path: string): Promise<string> {
    const to = join(this.root, path);
    await mkdir(dirname(to), { recursive: true });
    return to;
  }
}
