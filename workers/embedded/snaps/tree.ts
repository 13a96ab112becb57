import { chmod, copyFile, lstat, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder that becomes a snap or an archive: files are put in with the modes they shall have, whatever this process's umask is. */
export class Tree {
  constructor(readonly root: string) {}

  async file(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const to = await this.#place(path);
    await writeFile(to, content);
    await chmod(to, mode);
  }

  async copy(from: string, path: string, mode = 0o644): Promise<void> {
    const to = await this.#place(path);
    await copyFile(from, to);
    await chmod(to, mode);
  }

  /** Everything below a folder: programs stay programs, but nothing is setuid. */
  async copyFolder(from: string, path: string): Promise<void> {
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const source = join(from, entry.name);
      const target = `${path}/${entry.name}`;
      if (entry.isDirectory()) await this.copyFolder(source, target);
      else if (entry.isFile()) await this.copy(source, target, (await lstat(source)).mode & 0o100 ? 0o755 : 0o644);
    }
  }

  async folder(...paths: string[]): Promise<void> {
    for (const path of paths) await mkdir(join(this.root, path), { recursive: true });
  }

  async link(path: string, target: string): Promise<void> {
    await symlink(target, await this.#place(path));
  }

  /** Gives every folder its mode and every file the same time. */
  async settle(seconds: number, folder = this.root): Promise<void> {
    await chmod(folder, 0o755);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.settle(seconds, path);
      else if (entry.isFile()) await utimes(path, seconds, seconds);
    }
  }

  async #place(path: string): Promise<string> {
    const to = join(this.root, path);
    await mkdir(dirname(to), { recursive: true });
    return to;
  }
}
