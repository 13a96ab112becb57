import { AppError, isAppError } from '../errors';
import { hasModes, rulesFor } from '../gadget/gadget';
import { parseGadget } from '../gadget/parse';
import { assertHolds } from '../image/room';
import { checkSeed } from '../seed/check-seed';
import { optionalOf } from '../seed/how-to-have';
import { modesOf, revisionWord, type SnapFacts } from '../seed/seed-snap';
import { blobFile } from '../seed/tree';
import { ValidationSets } from '../seed/validation-sets';
import type { SnapInfo } from '../snap/snap-yaml';
import { readSnapFile } from '../tools/squashfs';
import { errorsOf } from '../warnings';
import { readOnce } from './read-snap';
import type { ResolvedSnaps } from './resolve-snaps';
import type { VerifiedModel } from './verify-model';

/** Whose word counts beside the brand's own for kernels and gadgets. */
export const CANONICAL = 'canonical';

/**
 * What a device would refuse, as far as the word of whoever gives the snaps tells it, before any of them is fetched; `verifySnaps` judges the files themselves.
 * Throws AppError with the first problem's code and all of them.
 */
export function assertSeedable({ model, validationSets }: VerifiedModel, resolved: ResolvedSnaps, trustedPublishers: readonly string[]): void {
  const all = [...resolved.fromModel, ...resolved.extras].map((snap) => ({ ...snap, offer: resolved.offers.get(snap.found.sha3_384) }));
  const said = all.map(({ found, offer }) => (isWhole(found.facts) ? found.facts : offer?.said));
  // Who takes content from whom is known when everybody's snap.yaml is.
  const isWholly = said.every((each) => each !== undefined);
  const findings = checkSeed({
    model: { brandId: model.brandId, architecture: model.architecture, base: model.base, grade: model.grade },
    snaps: all.map(({ found, modelSnap, offer }, i) => ({
      name: found.name,
      wantedType: modelSnap?.type,
      modes: modesOf({ modelSnap }),
      inModel: modelSnap !== undefined,
      publisherId: offer?.publisher.id || undefined,
      info: { ...found.facts, architectures: found.facts.architectures.length > 0 ? found.facts.architectures : ['all'], contentPlugs: isWholly ? said[i]!.contentPlugs : [], contentSlots: isWholly ? said[i]!.contentSlots : [] },
    })),
    optional: optionalOf(model),
    trustedPublishers: [...trustedPublishers, CANONICAL],
  });
  const unmet = new ValidationSets(validationSets).check(all.map(({ found }) => found));
  const errors = [...errorsOf(findings), ...unmet];
  if (errors.length > 0) throw new AppError(errors[0]!.code, errors.map((p) => p.message).join(' '), { problems: errors });
}

const isWhole = (facts: SnapFacts): facts is SnapInfo => 'contentPlugs' in facts;

/** Whether the snaps have room where the gadget, the first to be fetched, puts the seed. Throws AppError `seed-full` with the largest, or as the gadget is read. */
export async function assertSeedFits({ model }: VerifiedModel, resolved: ResolvedSnaps, gadget: { path: string; sha3_384: string }, sectorBytes: 512 | 4096, signal: AbortSignal): Promise<void> {
  const rules = rulesFor(model);
  if (!hasModes(rules)) return;
  const seed = await readOnce(gadget.sha3_384, `where the seed is (${rules})`, async () => {
    const yaml = await readGadgetYaml(gadget.path, signal);
    const structures = yaml === undefined ? [] : parseGadget(yaml, rules).volumes.flatMap((volume) => volume.structures);
    const found = structures.find(({ role }) => role === 'system-seed');
    return found && { role: found.role, name: found.name, yamlIndex: found.yamlIndex, filesystem: found.filesystem, sizeBytes: found.sizeBytes };
  });
  if (!seed) return;
  const files = [...resolved.fromModel, ...resolved.extras].flatMap(({ found }) => [
    blobFile(`snaps/${found.name}_${revisionWord(found.revision)}.snap`, found),
    ...found.components.map((component) => blobFile(`snaps/${found.name}+${component.name}_${revisionWord(component.revision)}.comp`, component)),
  ]);
  assertHolds(files, seed, sectorBytes);
}

/** Undefined when it cannot be read: `layOutGadget` has the words for why. */
async function readGadgetYaml(gadgetPath: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await readSnapFile(gadgetPath, 'meta/gadget.yaml', 2 ** 20, { signal });
  } catch (error) {
    if (isAppError(error) && error.code.startsWith('snap-file-')) return undefined;
    throw error;
  }
}
