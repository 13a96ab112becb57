import type { Layout, PlacedStructure } from '../gadget/layout';
import { contentBytes, type TreeEntry } from '../seed/tree';
import { tableSectors } from './disk-size';
import type { SectorBytes } from './gpt';

const MIB = 2 ** 20;
/** Longer targets of symbolic links take a block. */
const INLINE_BYTES = 60;

/** What a tree takes on an ext4 file system, by the lengths of its files alone: the same on every machine. */
export function usedBytes(tree: readonly TreeEntry[], blockBytes = 4096): number {
  const directories = new Set(['']);
  let blocks = 0;
  for (const { path, content } of tree) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) directories.add(path.slice(0, end));
    if (content.kind === 'directory') directories.add(path);
    else if (content.kind === 'symlink') blocks += content.target.length < INLINE_BYTES ? 0 : 1;
    else blocks += Math.ceil(contentBytes(content) / blockBytes);
  }
  return (blocks + directories.size) * blockBytes;
}

/** The least that ubuntu-image gives to the file system of UC16 and UC18 which holds so much: half as much again, and 8 MiB. */
export const leastSystemData = (used: number, sectorBytes: SectorBytes): number => Math.ceil((Math.ceil(used * 1.5) + 8 * MIB) / sectorBytes) * sectorBytes;

export type SystemDataInput = { /** See `leastSystemData`. */ leastBytes: number; sectorBytes: SectorBytes; /** That is asked for. */ imageBytes: number | undefined; /** Where the gadget has none and no other volume either. */ mayAdd: boolean };

/**
 * The layout of UC16 and UC18 with its system-data as large as its content wants or, when it is the last on the disk, as the image that is asked for leaves it. Where the gadget
 * has none, one is added at the end, as ubuntu-image does. The layout as it is when there is none to be had.
 */
export function fitSystemData(layout: Layout, { leastBytes, sectorBytes, imageBytes, mayAdd }: SystemDataInput): Layout {
  const own = layout.structures.find(({ role }) => role === 'system-data') ?? (mayAdd ? writable(layout, sectorBytes) : undefined);
  if (!own) return layout;
  const others = layout.structures.filter((s) => s !== own);
  const isLast = others.every((s) => s.offsetBytes <= own.offsetBytes);
  const smallest = Math.max(leastBytes, own.minSizeBytes);
  const left = imageBytes === undefined ? 0 : Math.floor(imageBytes / sectorBytes) * sectorBytes - tableSectors(layout.volume.schema, sectorBytes) * sectorBytes - own.offsetBytes;
  const sizeBytes = isLast && left >= smallest ? left : Math.max(own.sizeBytes, smallest);
  const structures = [...others, { ...own, sizeBytes, minSizeBytes: smallest }].sort((a, b) => a.offsetBytes - b.offsetBytes);
  const end = Math.max(...structures.map((s) => s.offsetBytes + s.sizeBytes));
  return { ...layout, structures, sizeBytes: end, minSizeBytes: Math.max(...structures.map((s) => s.offsetBytes + s.minSizeBytes)) };
}

/** The structure that a gadget of UC16 and UC18 leaves out (ubuntu-image, snap_states.go). */
function writable({ volume, structures }: Layout, sectorBytes: SectorBytes): PlacedStructure {
  const end = Math.max(MIB, ...structures.map((s) => s.offsetBytes + s.sizeBytes));
  return {
    yamlIndex: volume.structures.length,
    name: 'writable',
    label: 'writable',
    type: '83,0FC63DAF-8483-4772-8E79-3D69D8477DE4',
    role: 'system-data',
    sizeBytes: 0,
    minSizeBytes: 0,
    offsetBytes: Math.ceil(end / sectorBytes) * sectorBytes,
    offsetWrite: undefined,
    filesystem: 'ext4',
    filesystemWord: 'ext4',
    id: undefined,
    content: [],
  };
}
