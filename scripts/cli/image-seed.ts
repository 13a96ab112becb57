import { constants } from 'node:fs';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { prepareImage, type PreparedImage } from '../../lib/prepare/prepare-image';
import { contentBytes, isFile } from '../../lib/seed/tree';
import { LocalStore } from '../../lib/storage/local-store';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT } from './failure';
import { quietStage, withImageInput } from './image-input';
import { IMAGE_OPTIONS } from './image-options';
import { jsonLine } from './json';
import { assertEmpty, assertRoom, fillFolder, withScratch } from './out-folder';

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
    const prepared = await withImageInput(values, terminal, (input, told) =>
      fillFolder(out, () =>
        withScratch(out, async (scratch) => {
          const store = new LocalStore(scratch);
          const all = { ...input, content: store, scratch, seedOnly: true };
          const made = await prepareImage(all, quietStage(told));
          const placed = made.tree.filter(isFile);
          await assertRoom(out, placed.reduce((sum, { content }) => sum + contentBytes(content), 0));
          await writeTree(out, made, store);
          await input.assertUnchanged();
          return made;
        }),
      ),
    );
    if (values.has('json')) await terminal.write(jsonLine({ label: prepared.lock.label, files: prepared.tree.map(({ path: name }) => name), warnings: prepared.warnings }));
    return EXIT.ok;
  },
};

/** Every path was checked when the tree was planned: relative, without "..". */
async function writeTree(folder: string, { tree, paths }: PreparedImage, store: LocalStore): Promise<void> {
  for (const { path: name, content } of tree) {
    const target = path.join(folder, name);
    await mkdir(content.kind === 'directory' ? target : path.dirname(target), { recursive: true });
    if (content.kind === 'bytes') await writeFile(target, content.bytes, { flag: 'wx' });
    if (content.kind === 'symlink') await symlink(content.target, target);
    if (content.kind === 'unpacked') await writeFile(target, await store.read(content.sha3_384), { flag: 'wx' });
    if (content.kind === 'blob') await copyFile(paths.get(content.sha3_384)!, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}
