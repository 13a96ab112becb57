import { fromUtf8 } from '@/lib/bytes';
import { AppError, isAppError } from '@/lib/errors';
import { checkSeed } from '@/lib/seed/check-seed';
import { readSnapFile, readSuperblock } from '@/lib/tools/squashfs';
import type { BuildRun, StageRun } from '../run';
import type { VerifiedModel } from './verify-model';
import type { VerifiedSnap } from './verify-snaps';

const MAX_INFO_BYTES = 64 * 1024;

/** What a device would refuse, found before it does. Throws AppError with the first problem's code and all of them; warnings go to the build. */
export async function checkSnaps({ services, warnings }: BuildRun, stage: StageRun, { model, grade }: VerifiedModel, snaps: VerifiedSnap[]): Promise<void> {
  const { anchors } = services;
  const kernel = snaps.find(({ info }) => info.type === 'kernel');
  const trustedPublishers = [...anchors.assertions, ...anchors.embedded].filter((a) => a.type === 'account').map((a) => a.primaryKey[0]!);
  const problems = checkSeed({
    model: { brandId: model.brandId, architecture: model.architecture, base: model.base, grade },
    snaps: snaps.map(({ wanted, info, declaration }) => ({ name: info.name, wantedType: wanted.type, modes: wanted.modes, inModel: true, publisherId: String(declaration.headers['publisher-id']), info })),
    trustedPublishers,
    snapdVersion: await snapdVersionIn(snaps.find(({ info }) => info.type === 'snapd'), 'usr/lib/snapd/info', stage),
    kernelSnapdVersion: await snapdVersionIn(kernel, 'snapd-info', stage),
  });
  if (kernel && (await readSuperblock(kernel.path)).compression === 'zstd') {
    problems.push({ path: `snaps.${kernel.info.name}`, code: 'kernel-compression', severity: 'warning', message: `The kernel ${kernel.info.name} is compressed with zstd, which GRUB before 2.12 cannot read: whether it starts depends on the gadget's GRUB.` });
  }
  const errors = problems.filter((p) => (p.severity ?? 'error') === 'error');
  if (errors.length > 0) throw new AppError(errors[0]!.code, errors.map((p) => p.message).join(' '), { problems: errors });
  for (const { message } of problems) {
    warnings.push(message);
    stage.log(message, 'warning');
  }
}

/** `VERSION=2.68` of the snap's own note about the snapd in it; undefined when it has none. */
async function snapdVersionIn(snap: VerifiedSnap | undefined, name: string, { signal }: StageRun): Promise<string | undefined> {
  if (!snap) return undefined;
  try {
    const text = fromUtf8(await readSnapFile(snap.path, name, MAX_INFO_BYTES, { signal }));
    return text && /^VERSION=(\S+)$/m.exec(text)?.[1];
  } catch (error) {
    if (isAppError(error) && error.code === 'snap-file-missing') return undefined;
    throw error;
  }
}
