import path from 'node:path';
import { evidenceFileName } from '../../lib/evidence/file-names';
import type { EvidenceImage, EvidenceSideFile } from '../../lib/evidence/input';
import { COMMAND_LINE_BUILDER } from '../../lib/evidence/provenance';
import { sideFile, writeDocuments, writeProof, type WrittenFile } from '../../lib/evidence/write-evidence';
import { importBuildKey, type BuildKey } from '../../lib/keys/build-key';
import { describeImage, evidenceOf, modelFiles, sha256 } from '../../lib/prepare/evidence';
import type { FilePaths } from '../../lib/prepare/fetch-snaps';
import type { PlannedDisk } from '../../lib/prepare/plan-disk';
import { prepareImage, type PreparedImage } from '../../lib/prepare/prepare-image';
import { product } from '../../lib/prepare/product';
import { together } from '../../lib/prepare/together';
import { createHasher, type Hasher } from '../../lib/snapstore/hasher';
import { LocalStore } from '../../lib/storage/local-store';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT, Misuse } from './failure';
import { FORMATS, openImage, writeForm, writeText, writtenBytes, type Format } from './image-files';
import { quietStage, withImageInput } from './image-input';
import { IMAGE_OPTIONS } from './image-options';
import { jsonLine } from './json';
import { assertEmpty, assertRoom, fillFolder, withScratch } from './out-folder';

export const imageBuild: Command = {
  name: 'image build',
  files: '',
  summary: 'Make the image of a signed model',
  details: `Takes the snaps from a store or a folder, verifies them and everything that speaks of them up to the roots, and writes the image of each volume in the
formats asked for, named after the volume: ${Object.keys(FORMATS).join(', ')} (default: img). Beside it what proves the image: lock.json, by which it can be made again
on any day and any machine, seed.manifest, manifest.json, SPDX and CycloneDX lists, the model with what vouches for it, SHA256SUMS and, with a build key, the
signed provenance. DIR must be empty or not there. Writes a line for each file: its SHA-256 and its name.`,
  options: { ...IMAGE_OPTIONS, out: { value: 'DIR', help: 'Where the files go', required: true }, format: { value: 'FORMAT,…', help: 'Forms of the image' }, 'build-key': { value: 'KEY.pem', help: 'Sign the provenance with this Ed25519 key' }, json: JSON_OPTION },
  async run({ values, files, terminal }) {
    expectFiles(files, 0);
    const formats = parseFormats(values.get('format') ?? 'img');
    const out = path.resolve(terminal.folder, values.get('out')!);
    await assertEmpty(out);
    const buildKey = values.has('build-key') ? importBuildKey(Buffer.from(await terminal.read(values.get('build-key')!)).toString('utf8')) : undefined;
    const { prepared, written } = await withImageInput(values, terminal, (input, told) => {
      const lanes = openLanes(formats);
      const built = fillFolder(out, () =>
        withScratch(out, async (scratch) => {
          const content = new LocalStore(scratch);
          const made = await prepareImage({ ...input, content, scratch }, quietStage(told));
          const means = { formats, lanes, out, scratch, buildKey };
          return { prepared: made, written: await writeAll(made, means, input.assertUnchanged) };
        }),
      );
      return built.finally(() => Promise.all(lanes.map(({ hasher }) => hasher.close())));
    });
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

/** `scratch` has what was kept while the image was planned, and takes what is compressed. */
type Means = {
  formats: Format[];
  lanes: Lane[];
  out: string;
  scratch: string;
  buildKey: BuildKey | undefined;
};
type Written = { name: string; sizeBytes: number; sha256: string };

/** Digests hold of the whole folder or of nothing: what tells them is written last. */
async function writeAll(prepared: PreparedImage, means: Means, assertUnchanged: () => Promise<void>): Promise<Written[]> {
  const { out, buildKey } = means;
  const { images, sideFiles } = await writeImages(prepared, means);
  // Every byte of the snaps was read.
  await assertUnchanged();
  const maker = { product: product(), builderId: COMMAND_LINE_BUILDER, brand: { accountId: prepared.verified.model.brandId, name: prepared.verified.model.brandId }, buildNumber: undefined };
  const naming = { stem: '', sha256 };
  const manifest: WrittenFile = { fileName: evidenceFileName('', 'manifest'), mediaType: 'application/json', text: `${JSON.stringify(describeImage(prepared), null, 2)}\n` };
  const documents = [...modelFiles(prepared), manifest, ...writeDocuments(evidenceOf(prepared, { ...maker, images, sideFiles }), naming)];
  const listed = [...sideFiles, ...documents.map((file) => sideFile(file, sha256))];
  const signer = buildKey && { keyId: buildKey.keyId, sign: (bytes: Uint8Array) => buildKey.sign(bytes) };
  const proof = await writeProof(evidenceOf(prepared, { ...maker, images, sideFiles: listed }), naming, signer);
  const written = [...images, ...sideFiles].map(({ fileName: name, sizeBytes, sha256: digest }) => ({ name, sizeBytes, sha256: digest }));
  for (const { fileName: name, text } of [...documents, ...proof]) written.push({ name, ...(await writeText(path.join(out, name), text)) });
  return written;
}

type WrittenImages = { images: EvidenceImage[]; sideFiles: EvidenceSideFile[] };

async function writeImages(prepared: PreparedImage, means: Means): Promise<WrittenImages> {
  const images: EvidenceImage[] = [];
  const sideFiles: EvidenceSideFile[] = [];
  for (const disk of prepared.images) {
    for (const { format, ...written } of await writeForms(disk, prepared.paths, means)) {
      const form = FORMATS[format];
      if (form === undefined) sideFiles.push({ mediaType: 'application/xml', ...written });
      else images.push({ form, ...written });
    }
  }
  return { images, sideFiles };
}

/** Forms that are written one after the other, beside those of other lanes. */
type Lane = { formats: Format[]; hasher: Hasher };

/** The raw image takes longest, most of it to hash its zeros. The threads start while the image is prepared. */
function openLanes(formats: readonly Format[]): Lane[] {
  const lanes = [formats.filter((format) => format === 'img'), formats.filter((format) => format !== 'img')];
  return lanes.flatMap((some) => (some.length === 0 ? [] : { formats: some, hasher: createHasher('sha256') }));
}

type WrittenForm = { format: Format; fileName: string; sizeBytes: number; sha256: string };

async function writeForms(disk: PlannedDisk, paths: FilePaths, means: Means): Promise<WrittenForm[]> {
  const { formats, lanes, out, scratch } = means;
  const { volume, plan } = disk;
  const signal = new AbortController().signal;
  const image = await openImage(plan, paths, { formats, scratch, signal });
  await assertRoom(out, formats.reduce((sum, format) => sum + writtenBytes(image, format), 0));
  const written = await together(lanes, signal, async (lane, stop) => {
    const done: WrittenForm[] = [];
    for (const format of lane.formats) {
      const fileName = format === 'bmap' ? `${volume}.img.bmap` : `${volume}.${format}`;
      const to = { file: path.join(out, fileName), hasher: lane.hasher, signal: stop };
      done.push({ format, fileName, ...(await writeForm(image, format, to)) });
    }
    return done;
  });
  return written.flat().sort((a, b) => formats.indexOf(a.format) - formats.indexOf(b.format));
}
