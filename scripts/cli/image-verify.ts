import { readDisk, type PartitionContent, type ReadDisk } from '../../lib/image/read/disk';
import type { Ext4FileSystem } from '../../lib/image/read/ext4';
import { inField } from './assertion-verify';
import { expectFiles, JSON_OPTION } from './command';
import type { Command, Values } from './command';
import { EXIT, Misuse, refusalOf } from './failure';
import { readAnchors } from './image-input';
import { IMAGE_OPTIONS } from './image-options';
import { jsonLine } from './json';
import { openForm, type OpenForm } from './open-form';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';
import type { Trust } from './verify-assertions';
import { fault, type Check, type HeldSystem, type Tell } from './verify-check';
import { checkManifest, parseManifest, type Manifest } from './verify-manifest';
import { filesOfExt4, filesOfFat } from './seed-files';
import { verifySeed } from './verify-seed';
import { verifySeed16 } from './verify-seed16';

export const imageVerify: Command = {
  name: 'image verify',
  files: 'FILE',
  summary: 'Check an image, offline: its tables, its file systems and every snap in it',
  details: `Takes an image in any of its forms, told by its content: raw, .img.zst, .img.xz, .img.gz, .qcow2. Checks the partition table (of a GPT both copies and all
checksums), the FAT and ext4 file systems, that the model and every assertion hold up to ROOTS, that each snap and component has the size and SHA3-384 that is signed, that
the model's are all there and no others, and that the boot loader starts the model's kernel.
Writes a line for each check that holds: "ok", the check, what it is about and a remark, with tabs between. The first fault ends it: its code and a sentence
are on stderr, and the exit code is 1. With --json it is one object: {"ok":true,"form","checks","warnings"} or {"ok":false,"code","message","checks","warnings"}.`,
  options: {
    trusted: IMAGE_OPTIONS['trusted']!,
    manifest: { value: 'MANIFEST', help: 'The manifest.json or lock.json of the image, which has to say the same' },
    json: JSON_OPTION,
  },
  async run({ values, files, terminal }) {
    expectFiles(files, 1);
    const [name] = files as [string];
    if (name === '-') throw new Misuse('An image is read here and there, so standard input will not do: name its file.');
    const asJson = values.has('json');
    const checks: Check[] = [];
    const tell: Tell = async (check) => {
      checks.push(check);
      if (!asJson) await terminal.write(`${['ok', check.check, check.what, check.message].map(inField).join('\t')}\n`);
    };
    try {
      const trust = { anchors: await readAnchors(values, terminal), now: new Date() };
      const form = await verifyImage(name, terminal.folder, { trust, manifest: await readManifest(values, terminal), tell });
      if (asJson) await terminal.write(jsonLine({ ok: true, form, checks, warnings: [] }));
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      if (asJson) await terminal.write(jsonLine({ ok: false, code: refusal.code, message: refusal.message, checks, warnings: [] }));
      terminal.say(`${refusal.code}: ${refusal.message}`);
      return EXIT.refused;
    }
    return EXIT.ok;
  },
};

type Job = { trust: Trust; manifest: NamedManifest | undefined; tell: Tell };
type NamedManifest = Manifest & { name: string };

async function readManifest(values: Values, terminal: Terminal): Promise<NamedManifest | undefined> {
  const name = values.get('manifest');
  return name === undefined ? undefined : { ...parseManifest(Buffer.from(await terminal.read(name)).toString('utf8'), nameOf(name)), name: nameOf(name) };
}

async function verifyImage(name: string, folder: string, { trust, manifest, tell }: Job): Promise<OpenForm['form']> {
  const image = await openForm(name, folder);
  try {
    await tell({ check: 'form', what: name, message: `${image.form}, a disk of ${image.reader.sizeBytes} bytes` });
    const disk = await readDisk(image.reader);
    await tellDisk(disk, tell);
    const writable = writableOf(disk);
    const systems = writable ? await verifySeed16(disk, writable, trust, tell) : await verifySeedOf(disk, trust, tell);
    if (manifest) await tell({ check: 'manifest', what: manifest.name, message: checkManifest(manifest, manifest.name, systems) });
    return image.form;
  } finally {
    await image.close();
  }
}

async function tellDisk({ table, partitions }: ReadDisk, tell: Tell): Promise<void> {
  await tell({ check: 'table', what: table.schema, message: `${partitions.length} partitions${table.schema === 'gpt' ? ', both copies and their checksums agree' : ''}` });
  for (const { partition, content } of partitions) {
    if (content.kind === 'ext4') await tell({ check: 'file-system', what: content.label || partition.name || String(partition.number), message: `partition ${partition.number}, ext4, ${content.ext4.nodes.filter(({ kind }) => kind === 'file').length} files` });
    if (content.kind === 'fat') await tell({ check: 'file-system', what: content.label || partition.name || String(partition.number), message: `partition ${partition.number}, FAT${content.fat.bits}, ${content.fat.files.length} files` });
  }
}

const SEED = 'ubuntu-seed';

/** UC16 and UC18 keep their seed on the partition that the system writes to. */
function writableOf({ partitions }: ReadDisk): Ext4FileSystem | undefined {
  if (partitions.some(({ partition, content }) => partition.name === SEED || isSeed(content))) return undefined;
  const found = partitions.map(({ content }) => content).find((content) => content.kind === 'ext4' && content.label === 'writable');
  return found?.kind === 'ext4' ? found.ext4 : undefined;
}

/** A device finds it by its label; FAT does not tell upper from lower case (snapd gadget/gadget.go, HasLabel). */
function isSeed(content: PartitionContent): boolean {
  if (content.kind === 'raw') return false;
  return (content.kind === 'fat' ? content.label.toLowerCase() : content.label) === SEED;
}

async function verifySeedOf({ partitions }: ReadDisk, trust: Trust, tell: Tell): Promise<HeldSystem[]> {
  const named = partitions.find(({ partition }) => partition.name === SEED);
  const labelled = partitions.filter(({ content }) => isSeed(content));
  if (named && !labelled.includes(named)) fault('seed-label', `The file system of the partition ${SEED} does not have the label ${SEED}, by which devices find it.`);
  if (labelled.length > 1) fault('seed-label', `There are ${labelled.length} file systems with the label ${SEED}.`);
  const seed = labelled[0]?.content;
  if (seed === undefined || seed.kind === 'raw') return fault('seed-missing', `There is no file system with the label ${SEED}: this is no image of Ubuntu Core, or one of a volume without its seed.`);
  return verifySeed(seed.kind === 'fat' ? filesOfFat(seed.fat) : filesOfExt4(seed.ext4), trust, tell);
}
