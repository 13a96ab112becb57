import { createHash } from 'node:crypto';
import { encodeAssertion } from '../../lib/assertion/encode';
import { fromUtf8, toHex } from '../../lib/bytes';
import type { ReadDisk } from '../../lib/image/read/disk';
import type { Ext4FileSystem } from '../../lib/image/read/ext4';
import { readGrubEnv } from '../../lib/seed/grub-env';
import { readRedundantEnv, readUbootEnv, REDUNDANT_ENV_BYTES } from '../../lib/seed/boot/uboot-env';
import { LOCAL_REVISION } from '../../lib/seed/seed-snap';
import { parseYaml } from '../../lib/snap/yaml';
import { asList, asMap, asText } from '../../lib/snap/yaml-value';
import { filesOfExt4 } from './seed-files';
import { readSeedAssertions16, type SystemAssertions, type Trust } from './verify-assertions';
import { fault, textOf, type HeldSnap, type HeldSystem, type SeedFiles, type Tell } from './verify-check';
import { assertRequired, checkFile, FileDigests } from './verify-snaps';

const SNAPD = 'system-data/var/lib/snapd';
const SEED = `${SNAPD}/seed`;
const MAX_YAML_BYTES = 2 ** 20;
const MAX_ENV_BYTES = 2 ** 20;

/** The seed of UC16 and UC18, and what starts it (snapd seed/seed16.go, boot/makebootable.go). Throws Refusal, or AppError, with the first thing that does not hold. */
export async function verifySeed16(disk: ReadDisk, writable: Ext4FileSystem, trust: Trust, tell: Tell): Promise<HeldSystem[]> {
  const files = filesOfExt4(writable);
  const signed = await readSeedAssertions16(files, SEED, trust);
  const { model, assertion } = signed;
  await tell({ check: 'model', what: `${SEED}/assertions`, message: `${model.brandId}/${model.name} revision ${model.revision}, holds up to the roots` });
  await tell({ check: 'assertions', what: `${SEED}/assertions`, message: `${signed.count} assertions, all of which hold up to the roots` });
  const snaps = await checkListed(files, signed, tell);
  for (const snap of model.snaps) assertRequired(snap, snaps);
  const boots = ['kernel', 'base'].map((kind) => snaps.find(({ name }) => name === (kind === 'kernel' ? model.snaps.find(({ type }) => type === 'kernel')?.name : model.base || 'core')) ?? fault('snap-missing', `The model's ${kind} is not in the image.`));
  await assertLinked(writable, boots);
  const [kernel, base] = boots.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)) as [string, string];
  const environment = await readBootEnvironment(disk);
  if (environment.get('snap_kernel') !== kernel || environment.get('snap_core') !== base) fault('seed-kernel', `The boot loader starts the kernel "${environment.get('snap_kernel') ?? ''}" with the base "${environment.get('snap_core') ?? ''}", and the model's are ${kernel} and ${base}.`);
  await tell({ check: 'system', what: SEED, message: `all snaps that the model requires are there; starts ${kernel}` });
  return [{ label: '', modelSha3_384: createHash('sha3-384').update(encodeAssertion(assertion)).digest('hex'), snaps }];
}

/** What `seed.yaml` lists is there as it is signed, and nothing else is. */
async function checkListed(files: SeedFiles, signed: SystemAssertions, tell: Tell): Promise<HeldSnap[]> {
  const digests = new FileDigests(files);
  const held: HeldSnap[] = [];
  for (const entry of await readSeedYaml(files)) {
    if (held.some(({ name }) => name === entry.name)) fault('seed-options', `${SEED}/seed.yaml lists the snap ${entry.name} twice.`);
    const snap = await checkEntry(entry, files, digests, signed);
    await tell({ check: 'snap', what: snap.path, message: `${snap.revision < 0 ? 'no assertion speaks of it, as seed.yaml says' : `revision ${snap.revision}`}, ${snap.sizeBytes} bytes, SHA3-384 ${snap.sha3_384}` });
    held.push(snap);
  }
  for (const name of (await files.list(`${SEED}/snaps`)) ?? []) if (!digests.has(`${SEED}/snaps/${name}`)) fault('seed-unknown-file', `${SEED}/snaps/${name} is in the image, and seed.yaml does not list it.`);
  return held;
}

type Entry = { name: string; snapId: string | undefined; file: string; unasserted: boolean };

async function readSeedYaml(files: SeedFiles): Promise<Entry[]> {
  const path = `${SEED}/seed.yaml`;
  if ((await files.sizeOf(path)) === undefined) fault('seed-missing', `There is no file ${path} in the image.`);
  const text = fromUtf8(await files.read(path, MAX_YAML_BYTES)) ?? fault('seed-options', `${path} is no text in UTF-8.`);
  const snaps = asList(asMap(parseYaml(text, path))?.get('snaps')) ?? fault('seed-options', `${path} has no list of snaps.`);
  return snaps.map((each) => {
    const map = asMap(each);
    const [name, file] = [asText(map?.get('name')), asText(map?.get('file'))];
    if (!name || !file || file.includes('/') || /^\.{1,2}$/.test(file)) return fault('seed-options', `${path} has an entry without the name of a snap and of its file.`);
    return { name, file, snapId: asText(map?.get('snap-id')), unasserted: asText(map?.get('unasserted')) === 'true' };
  });
}

async function checkEntry({ name, snapId, file, unasserted }: Entry, files: SeedFiles, digests: FileDigests, { snaps }: SystemAssertions): Promise<HeldSnap> {
  const path = `${SEED}/snaps/${file}`;
  if (unasserted) {
    const sizeBytes = (await files.sizeOf(path)) ?? fault('snap-missing', `seed.yaml names the file ${file} for the snap ${name}, and it is not in the image.`);
    return { name, snapId: undefined, path, revision: LOCAL_REVISION, sha3_384: toHex(await digests.sha3_384(path)), sizeBytes, components: [] };
  }
  const own = snaps.find(({ revision }) => revision.headers['snap-id'] === snapId) ?? fault('seed-assertions', `No assertion speaks of the snap ${name} (${snapId ?? 'without an id'}) that seed.yaml lists.`);
  const declared = textOf(own.declaration.headers['snap-name']);
  if (declared !== name) fault('snap-name', `seed.yaml names the snap ${String(snapId)} ${name}, and its declaration names it ${declared}.`);
  const revision = Number(own.revision.headers['snap-revision']);
  const wanted = { path, sizeBytes: textOf(own.revision.headers['snap-size']), digest: textOf(own.revision.headers['snap-sha3-384']) };
  return { name, snapId, ...(await checkFile(wanted, revision, 'snap', `snap ${name}`, { files, digests })), components: [] };
}

/** The first start mounts kernel and base by these links. */
async function assertLinked(writable: Ext4FileSystem, boots: readonly HeldSnap[]): Promise<void> {
  for (const { path } of boots) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    const link = writable.find(`${SNAPD}/snaps/${file}`);
    if (link?.kind !== 'symlink' || (await writable.target(link)) !== `../seed/snaps/${file}`) fault('seed-kernel', `${SNAPD}/snaps/${file} is no link to the snap in the seed, by which the first start finds it.`);
  }
}

/** The variables of GRUB or U-Boot, from the partition where it has them. */
async function readBootEnvironment({ partitions }: ReadDisk): Promise<ReadonlyMap<string, string>> {
  for (const { content, reader } of partitions) {
    if (content.kind === 'raw' && reader.sizeBytes >= 2 * REDUNDANT_ENV_BYTES) {
      const found = readRedundantEnv(await reader.read(0, 2 * REDUNDANT_ENV_BYTES));
      if (found) return found.variables;
    }
    if (content.kind !== 'fat') continue;
    const [grub, uboot] = [content.fat.find('EFI/ubuntu/grubenv'), content.fat.find('uboot.env')];
    if (grub) return grubVariables(await content.fat.read(grub, MAX_ENV_BYTES));
    if (uboot) return (readUbootEnv(await content.fat.read(uboot, MAX_ENV_BYTES)) ?? fault('seed-kernel', 'uboot.env is no environment of U-Boot.')).variables;
  }
  return fault('seed-kernel', 'Neither GRUB nor U-Boot has an environment in the image: nothing tells of a kernel to start.');
}

function grubVariables(bytes: Uint8Array): Map<string, string> {
  try {
    return readGrubEnv(bytes);
  } catch (error) {
    if (error instanceof RangeError) return fault('seed-kernel', 'EFI/ubuntu/grubenv is no environment of GRUB.');
    throw error;
  }
}
