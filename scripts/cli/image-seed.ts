import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FilePaths } from '../../lib/prepare/fetch-snaps';
import { prepareImage } from '../../lib/prepare/prepare-image';
import type { TreeEntry } from '../../lib/seed/tree';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT, Refusal } from './failure';
import { IMAGE_OPTIONS, quietStage, readImageInput } from './image-options';
import { jsonLine } from './json';

export const imageSeed: Command = {
  name: 'image seed',
  files: '',
  summary: 'Write the seed of an image as a folder of files',
  details: `Prepares an image as "image build" does and writes its seed: for UC20 and later the whole tree of the system-seed partition, with what the gadget
and the boot loader put there; for UC16 and UC18 what goes onto the writable partition. DIR must be empty or not there.`,
  options: { ...IMAGE_OPTIONS, out: { value: 'DIR', help: 'Where the tree goes', required: true }, json: JSON_OPTION },
  async run({ values, files, terminal }) {
    expectFiles(files, 0);
    const out = path.resolve(terminal.folder, values.get('out')!);
    await assertEmpty(out);
    const prepared = await prepareImage({ ...(await readImageInput(values, terminal)), seedOnly: true }, quietStage(terminal));
    await writeTree(out, prepared.tree, prepared.paths);
    if (values.has('json')) await terminal.write(jsonLine({ label: prepared.lock.label, files: prepared.tree.map(({ path: name }) => name), warnings: prepared.warnings }));
    return EXIT.ok;
  },
};

/** Throws Refusal unless the folder is empty or not there. */
export async function assertEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Refusal('out-unusable', `${folder} cannot be used: ${error.message}.`, { cause: error });
  });
  if (names.length > 0) throw new Refusal('out-not-empty', `${folder} is not empty; give a folder that is, or a new one.`);
}

/** Every path was checked when the tree was planned: relative, without "..". */
async function writeTree(folder: string, tree: readonly TreeEntry[], paths: FilePaths): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path: name, content } of tree) {
    const target = path.join(folder, name);
    await mkdir(content.kind === 'directory' ? target : path.dirname(target), { recursive: true });
    if (content.kind === 'bytes') await writeFile(target, content.bytes, { flag: 'wx' });
    if (content.kind === 'symlink') await symlink(content.target, target);
    if (content.kind === 'blob') await copyFile(paths.get(content.sha3_384)!, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}
