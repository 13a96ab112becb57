import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Assertion } from '../../lib/assertion/assertion';
import { about, FileTrouble } from './failure';
import { IMAGE_LIMITS, readBroken } from './read-stream';
import type { Terminal } from './terminal';

const START = Buffer.from('type: ');

/** The assertions in a folder's files, others passed over. Throws Refusal for more than an image can need. */
export async function readAssertionFolder(folder: string, terminal: Terminal): Promise<Assertion[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new FileTrouble(`The folder ${folder} cannot be read: ${error.message}.`, { cause: error });
  });
  const all: Assertion[] = [];
  let leftBytes: number = IMAGE_LIMITS.maxBytes;
  for (const name of names.sort().filter((each) => !/\.(?:snap|comp)$/.test(each))) {
    const file = path.join(folder, name);
    if (!(await beginsAsAssertion(file))) continue;
    const bytes = await terminal.read(file, leftBytes);
    leftBytes -= bytes.length;
    const maxAssertions = IMAGE_LIMITS.maxAssertions - all.length;
    const read = await about(file, () => readBroken(bytes, { maxAssertions }));
    all.push(...read.filter((each): each is Assertion => 'signKeyId' in each));
  }
  return all;
}

async function beginsAsAssertion(file: string): Promise<boolean> {
  // A link to nowhere is no assertion either.
  if (!(await stat(file).catch(() => undefined))?.isFile()) return false;
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START.length), 0, START.length, 0);
    return bytesRead === START.length && buffer.equals(START);
  } finally {
    await handle.close();
  }
}
