import { AppError, isAppError } from '../errors';
import { structureWord } from '../gadget/gadget';
import type { PlacedStructure } from '../gadget/layout';
import { contentBytes, isFile, type TreeEntry } from '../seed/tree';
import { assertExt4Names } from './ext4-names';
import { ext4BlockBytes, ext4FreeBytes } from './ext4-room';
import { planFat, planFat16 } from './fat-geometry';
import { measureFat } from './fat-room';
import type { SizedFile } from './fat-tree';
import type { SectorBytes } from './gpt';
import { usedBytes } from './system-data';

export type RoomErrorCode = 'seed-full' | 'ext4-full';
/** What files take of a file system, and what there is for them. */
export type Room = { neededBytes: number; availableBytes: number };

/** A structure of the gadget. */
export type Place = Pick<PlacedStructure, 'role' | 'name' | 'yamlIndex' | 'filesystem' | 'sizeBytes'>;

/**
 * Whether a structure's file system can have a tree: its names, and all of it. Throws AppError with a RoomErrorCode
 * that names the largest files, a FatErrorCode or `ext4-name`.
 */
export function assertHolds(tree: readonly TreeEntry[], place: Place, sectorBytes: SectorBytes): void {
  if (place.filesystem === 'none') return;
  const files = tree.filter(isFile).map(({ path, content }) => ({ path, sizeBytes: contentBytes(content) }));
  if (place.filesystem !== 'ext4') {
    const empty = tree.filter(({ content }) => content.kind === 'directory').map(({ path }) => path);
    assertRoom(files, measureFat(files, empty, place.filesystem, place.sizeBytes, sectorBytes), place);
    return;
  }
  assertExt4Names(tree);
  const blockBytes = ext4BlockBytes(place.sizeBytes, sectorBytes);
  const room = { neededBytes: usedBytes(tree, blockBytes), availableBytes: ext4FreeBytes(place.sizeBytes, blockBytes) };
  assertRoom(files, room, place);
}

/** Why a structure's file system cannot be made, whatever is in it; undefined when it can. */
export function sizeFault({ filesystem, sizeBytes }: Place, sectorBytes: SectorBytes): AppError | undefined {
  try {
    if (filesystem === 'vfat-32') planFat(sizeBytes, sectorBytes);
    if (filesystem === 'vfat-16') planFat16(sizeBytes, sectorBytes);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  if (filesystem !== 'ext4' || ext4FreeBytes(sizeBytes, ext4BlockBytes(sizeBytes, sectorBytes)) > 0) return undefined;
  return new AppError<RoomErrorCode>('ext4-full', `A partition of ${sizeBytes} bytes is too small for ext4; make the structure larger.`);
}

const inMebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Without a place it is the seed's. Throws AppError with a RoomErrorCode when more is needed than there is. */
export function assertRoom(files: readonly SizedFile[], { neededBytes, availableBytes }: Room, place?: Place): void {
  if (neededBytes <= availableBytes) return;
  const fullest = [...files].sort((a, b) => b.sizeBytes - a.sizeBytes || (a.path < b.path ? -1 : 1)).slice(0, 5);
  const named = fullest.length === 0 ? '' : ` The largest are ${fullest.map((f) => `${f.path} (${inMebibytes(f.sizeBytes)})`).join(', ')}.`;
  const isSeed = place === undefined || place.role === 'system-seed';
  const [needed, available] = [inMebibytes(neededBytes), inMebibytes(availableBytes)];
  const message = isSeed
    ? `The files need ${needed} and the partition holds ${available}.${named} Leave snaps out of the model, or use a gadget with a larger system-seed structure.`
    : `The files of ${structureWord(place)} need ${needed} and it holds ${available}.${named} Leave some of them out of the gadget, or make the structure larger.`;
  throw new AppError<RoomErrorCode>(!isSeed && place.filesystem === 'ext4' ? 'ext4-full' : 'seed-full', message, {
    details: { neededBytes, availableBytes, fullest: fullest.map(({ path, sizeBytes }) => ({ path, sizeBytes })) },
  });
}
