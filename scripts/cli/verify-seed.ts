import { createHash } from 'node:crypto';
import { encodeAssertion } from '../../lib/assertion/encode';
import { readGrubEnv } from '../../lib/seed/grub-env';
import { assertLabel } from '../../lib/seed/label';
import { systemPath } from '../../lib/seed/plan-seed';
import { readSystemAssertions, type Trust } from './verify-assertions';
import { fault, type HeldSnap, type HeldSystem, type SeedFiles, type Tell } from './verify-check';
import { readOptions } from './verify-options';
import { checkSnaps, FileDigests } from './verify-snaps';

/** Every recovery system of the seed of UC20 and later. Throws Refusal, or AppError, with the first thing that does not hold. */
export async function verifySeed(files: SeedFiles, trust: Trust, tell: Tell): Promise<HeldSystem[]> {
  const digests = new FileDigests(files);
  const labels = await listSystems(files);
  const systems: HeldSystem[] = [];
  for (const label of labels) systems.push(await verifySystem({ files, digests, label, trust, tell }));
  const grubEnv = await readGrub(files, 'EFI/ubuntu/grubenv');
  const boots = grubEnv?.get('snapd_recovery_system');
  if (boots && !labels.includes(boots)) fault('seed-system', `EFI/ubuntu/grubenv starts the system ${boots}, which is not in the image.`);
  await assertSpokenFor(files, digests, labels);
  return systems;
}

async function listSystems(files: SeedFiles): Promise<string[]> {
  const labels: string[] = [];
  for (const name of (await files.list('systems')) ?? []) if (await files.list(systemPath(name))) labels.push(name);
  if (labels.length === 0) fault('seed-system', 'There is no system in the seed: the folder systems is empty, or is not there.');
  labels.forEach(assertLabel);
  return labels.sort();
}

type SystemInput = { files: SeedFiles; digests: FileDigests; label: string; trust: Trust; tell: Tell };

async function verifySystem({ files, digests, label, trust, tell }: SystemInput): Promise<HeldSystem> {
  const system = systemPath(label);
  const signed = await readSystemAssertions(files, system, trust);
  const { model, assertion } = signed;
  await tell({ check: 'model', what: `${system}/model`, message: `${model.brandId}/${model.name} revision ${model.revision}, grade ${model.grade}, holds up to the roots` });
  await tell({ check: 'assertions', what: `${system}/assertions`, message: `${signed.count} assertions, all of which hold up to the roots` });
  // A device takes no notice of options of a higher grade.
  const options = model.grade === 'dangerous' ? await readOptions(files, system) : [];
  const snaps = await checkSnaps({ files, digests, system, signed, options, tell });
  const kernelName = model.snaps.find(({ type }) => type === 'kernel')?.name;
  const kernel = await checkKernel(files, system, snaps.find(({ name }) => name === kernelName));
  await tell({ check: 'system', what: system, message: `all snaps that the model requires are there; starts ${kernel}` });
  return { label, modelSha3_384: createHash('sha3-384').update(encodeAssertion(assertion)).digest('hex'), snaps };
}

/** The kernel that the boot loader starts: the snap itself with GRUB, files taken out of it with the others. */
async function checkKernel(files: SeedFiles, system: string, kernel: HeldSnap | undefined): Promise<string> {
  const environment = await readGrub(files, `${system}/grubenv`);
  if (!environment) {
    const taken = `${system}/kernel/kernel.img`;
    if ((await files.sizeOf(taken)) === undefined) fault('seed-kernel', `Neither ${system}/grubenv nor ${taken} is in the image: nothing tells the boot loader of a kernel.`);
    return taken;
  }
  const named = environment.get('snapd_recovery_kernel') ?? '';
  if (!kernel || files.keyOf(named) !== files.keyOf(`/${kernel.path}`)) fault('seed-kernel', `${system}/grubenv starts the kernel "${named}", and the model's is ${kernel ? `/${kernel.path}` : 'not in the image'}.`);
  return kernel.path;
}

async function readGrub(files: SeedFiles, path: string): Promise<Map<string, string> | undefined> {
  if ((await files.sizeOf(path)) === undefined) return undefined;
  const bytes = await files.read(path, 64 * 1024);
  try {
    return readGrubEnv(bytes);
  } catch (error) {
    if (error instanceof RangeError) return fault('seed-kernel', `${path} is no environment of GRUB.`);
    throw error;
  }
}

/** Every snap and component that lies there was looked at. */
async function assertSpokenFor(files: SeedFiles, digests: FileDigests, labels: readonly string[]): Promise<void> {
  for (const folder of ['snaps', ...labels.map((label) => `${systemPath(label)}/snaps`)]) {
    for (const name of (await files.list(folder)) ?? []) {
      const path = `${folder}/${name}`;
      if (/\.(?:snap|comp)$/i.test(name) && !digests.has(path)) fault('seed-unknown-file', `${path} is in the image, and neither an assertion nor the options of a system speak of it.`);
    }
  }
}
