import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { prepareImage, type PreparedImage } from '../../lib/prepare/prepare-image';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT, Misuse } from './failure';
import { FORMATS, openImage, writeForm, writeText, type Format } from './image-files';
import { IMAGE_OPTIONS, quietStage, readImageInput } from './image-options';
import { assertEmpty } from './image-seed';
import { jsonLine } from './json';

export const imageBuild: Command = {
  name: 'image build',
  files: '',
  summary: 'Make the image of a signed model',
  details: `Takes the snaps from a store or a folder, verifies them and everything that speaks of them up to the roots, and writes the image of each volume in the
formats asked for, named after the volume: ${Object.keys(FORMATS).join(', ')} (default: img). Beside it lock.json, by which the same image can be made again
on any day and any machine. DIR must be empty or not there. Writes a line for each file: its SHA-256 and its name.`,
  options: { ...IMAGE_OPTIONS, out: { value: 'DIR', help: 'Where the files go', required: true }, format: { value: 'FORMAT,…', help: 'Forms of the image' }, json: JSON_OPTION },
  async run({ values, files, terminal }) {
    expectFiles(files, 0);
    const formats = parseFormats(values.get('format') ?? 'img');
    const out = path.resolve(terminal.folder, values.get('out')!);
    await assertEmpty(out);
    const prepared = await prepareImage(await readImageInput(values, terminal), quietStage(terminal));
    await mkdir(out, { recursive: true });
    const written = await writeAll(prepared, formats, out);
    if (values.has('json')) await terminal.write(jsonLine({ label: prepared.lock.label, files: written, warnings: prepared.warnings }));
    else for (const { name, sha256 } of written) await terminal.write(`${sha256}  ${name}\n`);
    return EXIT.ok;
  },
};

function parseFormats(text: string): Format[] {
  const names = text.split(',').filter(Boolean);
  const unknown = names.find((name) => !Object.hasOwn(FORMATS, name));
  if (unknown !== undefined || names.length === 0) throw new Misuse(`--format ${text} names no format that there is: ${Object.keys(FORMATS).join(', ')}.`);
  return [...new Set(names)] as Format[];
}

type Written = { name: string; sizeBytes: number; sha256: string };

async function writeAll(prepared: PreparedImage, formats: Format[], out: string): Promise<Written[]> {
  const signal = new AbortController().signal;
  const written: Written[] = [];
  for (const { volume, plan } of prepared.images) {
    const image = await openImage(plan, prepared.paths, signal);
    for (const format of formats) {
      const name = format === 'bmap' ? `${volume}.img.bmap` : `${volume}.${format}`;
      written.push({ name, ...(await writeForm(image, format, path.join(out, name), signal)) });
    }
  }
  written.push({ name: 'lock.json', ...(await writeText(path.join(out, 'lock.json'), `${JSON.stringify(prepared.lock, null, 2)}\n`)) });
  return written;
}
