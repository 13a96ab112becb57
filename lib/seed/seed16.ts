import { assertionRef, type Assertion } from '../assertion/assertion';
import { encodeAssertion } from '../assertion/encode';
import { findAssertionType, shortPrimaryKey } from '../assertion/types';
import { compareBytes, utf8 } from '../bytes';
import { AppError } from '../errors';
import type { SnapType } from '../snap/names';
import { assertSnaps, type SeedErrorCode, type SeedInput, type SeedSnap } from './plan-seed';
import { revisionWord } from './seed-snap';
import { blobFile, textFile, type TreeEntry, type TreeFile } from './tree';
import { writeYaml, type YamlEntries, type YamlNode } from './yaml-out';

export type Seed16Input = Omit<SeedInput, 'label'>;

const SNAPD = 'var/lib/snapd';
const SEED = `${SNAPD}/seed`;

/** File name of a snap in a seed of UC16/18. */
export const seedFile16 = ({ found }: SeedSnap): string => `${found.name}_${revisionWord(found.snapId === undefined ? -1 : found.revision)}.snap`;

/** The files that a UC16/18 device starts from (snapd seed/seedwriter/writer.go, BootSnaps): the model's snaps up to its gadget decide. Throws RangeError when one is not there. */
export function bootFiles16(fromModel: readonly SeedSnap[]): { baseFile: string; kernelFile: string } {
  const gadget = fromModel.findIndex(({ found }) => found.facts.type === 'gadget');
  const boot = fromModel.slice(0, gadget + 1);
  const last = (...types: SnapType[]) => boot.findLast(({ found }) => types.includes(found.facts.type));
  const [base, kernel] = [last('core', 'base'), last('kernel')];
  if (!base || !kernel) throw new RangeError('no boot base or no kernel among the snaps up to the gadget');
  return { baseFile: seedFile16(base), kernelFile: seedFile16(kernel) };
}

/**
 * The seed of UC16/18 and the two links that the first start needs, sorted by path, from the root of the writable system (snapd
 * seed/seedwriter/seed16.go, boot/makebootable.go). Throws AppError with a SeedErrorCode.
 */
export function planSeed16(input: Seed16Input): TreeEntry[] {
  const snaps = [...input.fromModel, ...input.extras];
  assertSnaps(snaps);
  const withComponents = snaps.find(({ found }) => found.components.length > 0);
  if (withComponents) throw new AppError<SeedErrorCode>('components-not-supported', `The snap ${withComponents.found.name} is to come with components; Ubuntu Core 16 and 18 have none.`);
  const { baseFile, kernelFile } = bootFiles16(input.fromModel);
  const links = [...new Set([baseFile, kernelFile])].map((file): TreeEntry => ({ path: `${SNAPD}/snaps/${file}`, content: { kind: 'symlink', target: `../seed/snaps/${file}` } }));
  const files = snaps.map((snap) => blobFile(`${SEED}/snaps/${seedFile16(snap)}`, snap.found));
  return [textFile(`${SEED}/seed.yaml`, writeSeedYaml(snaps)), ...assertionFiles(input), ...files, ...links].sort((a, b) => compareBytes(a.path, b.path));
}

/** Order in which a device installs them (snapd snap/types.go). */
const INSTALLED: Record<SnapType, number> = { snapd: 0, core: 10, kernel: 20, base: 30, gadget: 40, app: 50 };

/** `seed.yaml`, byte for byte as snapd writes it (snapd seed/internal/seed_yaml.go); what is private is never said there. */
function writeSeedYaml(snaps: readonly SeedSnap[]): Uint8Array {
  const sorted = [...snaps].sort((a, b) => INSTALLED[a.found.facts.type] - INSTALLED[b.found.facts.type]);
  return utf8(writeYaml({ entries: [['snaps', sorted.map(seedEntry)]] }));
}

function seedEntry(snap: SeedSnap): YamlEntries {
  const { found, auxInfo } = snap;
  const isLocal = found.snapId === undefined;
  const all: readonly (readonly [string, YamlNode | undefined])[] = [
    ['name', found.name],
    ['snap-id', found.snapId],
    ['channel', isLocal ? undefined : snap.channel || undefined],
    ['devmode', found.facts.confinement === 'devmode' || undefined],
    ['classic', found.facts.confinement === 'classic' || undefined],
    ['contact', auxInfo.contact || undefined],
    ['unasserted', isLocal || undefined],
    ['file', seedFile16(snap)],
  ];
  return { entries: all.filter((entry): entry is readonly [string, YamlNode] => entry[1] !== undefined) };
}

/** One file each; names matter to nobody as long as they differ. */
function assertionFiles({ model, modelChain, extraAssertions, fromModel, extras }: Seed16Input): TreeFile[] {
  const all = [model, ...modelChain, ...extraAssertions, ...[...fromModel, ...extras].flatMap((snap) => snap.assertions)];
  const once = new Map(all.map((assertion) => [assertionRef(assertion), assertion]));
  return [...once.values()].map((assertion) => textFile(`${SEED}/assertions/${fileName(assertion)}`, encodeAssertion(assertion)));
}

function fileName({ type, primaryKey }: Assertion): string {
  if (type === 'model') return 'model';
  const known = findAssertionType(type);
  return `${(known ? shortPrimaryKey(known, primaryKey) : primaryKey).join(',')}.${type}`;
}
