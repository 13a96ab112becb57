import { imageFault, readAt, viewOf, type Reader } from './reader';

// The format: qemu's docs/interop/qcow2.txt. Numbers are big-endian.
const ENTRY_BYTES = 8;
const OFFSET = 0x00fffffffffffe00n;
const COMPRESSED = 1n << 62n;
const ALL_ZEROS = 1n;
/** Tables of larger disks with smaller clusters are not taken into memory. */
const MAX_CLUSTERS = 2 ** 24;

export const isQcow2 = (start: Uint8Array): boolean => start.length >= 4 && viewOf(start).getUint32(0) === 0x514649fb;

/**
 * The disk in a qcow2 file that stands alone: no backing file, no snapshot, no encryption, no compressed clusters. Every cluster was looked for: what cannot be
 * there is refused now. Throws AppError `image-qcow2`, `image-truncated`.
 */
export async function openQcow2(file: Reader): Promise<Reader> {
  const header = viewOf(await readAt(file, 0, 104, 'The header of the qcow2 file'));
  const version = header.getUint32(4);
  const clusterBits = header.getUint32(20);
  const sizeBytes = Number(header.getBigUint64(24));
  if (version !== 2 && version !== 3) imageFault('image-qcow2', `This is version ${version} of qcow2; 2 and 3 are read.`);
  if (clusterBits < 9 || clusterBits > 21) imageFault('image-qcow2', `The qcow2 file has clusters of 2^${clusterBits} bytes; from 2^9 to 2^21 there are.`);
  const features = version === 2 ? 0n : header.getBigUint64(72);
  if (header.getBigUint64(8) !== 0n || header.getUint32(32) !== 0 || header.getUint32(60) !== 0 || features !== 0n) {
    imageFault('image-qcow2', 'The qcow2 file has a backing file, encryption, snapshots or another feature that the images made here never have. qemu-img convert -O qcow2 makes one without.');
  }
  const cluster = 2 ** clusterBits;
  const clusters = Math.ceil(sizeBytes / cluster);
  if (clusters > MAX_CLUSTERS) imageFault('image-qcow2', `The qcow2 file has ${clusters} clusters; up to ${MAX_CLUSTERS} are read.`);
  const places = await readPlaces(file, { cluster, clusters, l1Entries: header.getUint32(36), l1At: Number(header.getBigUint64(40)) });
  return { sizeBytes, read: (offset, length) => readClusters(file, places, cluster, offset, length) };
}

type Tables = { cluster: number; clusters: number; l1Entries: number; l1At: number };

/** Where each cluster lies in the file; 0: it is all zeros. */
async function readPlaces(file: Reader, { cluster, clusters, l1Entries, l1At }: Tables): Promise<Float64Array> {
  const perL2 = cluster / ENTRY_BYTES;
  const needed = Math.ceil(clusters / perL2);
  if (l1Entries < needed || l1At % cluster !== 0) imageFault('image-qcow2', 'The qcow2 file has no whole table of its clusters.');
  const l1 = viewOf(await readAt(file, l1At, needed * ENTRY_BYTES, 'The table of the qcow2 file'));
  const places = new Float64Array(clusters);
  const tables = new Set<number>();
  for (let i = 0; i < needed; i += 1) {
    const at = placeIn(l1.getBigUint64(i * ENTRY_BYTES), cluster);
    if (at === 0) continue;
    if (tables.has(at)) imageFault('image-qcow2', 'The qcow2 file uses one table of clusters twice.');
    tables.add(at);
    const l2 = viewOf(await readAt(file, at, cluster, 'A table of clusters of the qcow2 file'));
    for (let j = 0; j < Math.min(perL2, clusters - i * perL2); j += 1) {
      const entry = l2.getBigUint64(j * ENTRY_BYTES);
      if ((entry & COMPRESSED) !== 0n) imageFault('image-qcow2', 'The qcow2 file has compressed clusters, which the images made here never have. qemu-img convert -O qcow2 makes one without.');
      const place = (entry & ALL_ZEROS) === 0n ? placeIn(entry, cluster) : 0;
      if (place + cluster > file.sizeBytes) imageFault('image-truncated', `Cluster ${i * perL2 + j} of the qcow2 file lies beyond its end: the file is cut short, or its tables are broken.`);
      places[i * perL2 + j] = place;
    }
  }
  return places;
}

function placeIn(entry: bigint, cluster: number): number {
  const place = Number(entry & OFFSET);
  if (place % cluster !== 0) imageFault('image-qcow2', 'The qcow2 file has a cluster that lies across others.');
  return place;
}

async function readClusters(file: Reader, places: Float64Array, cluster: number, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const at = offset + done;
    const within = at % cluster;
    const index = Math.floor(at / cluster);
    const place = places[index]!;
    // Clusters that follow each other in the file are read at once.
    let part = cluster - within;
    for (let next = index + 1; part < length - done && places[next] === (place === 0 ? 0 : place + (next - index) * cluster); next += 1) part += cluster;
    part = Math.min(part, length - done);
    if (place !== 0) bytes.set(await file.read(place + within, part), done);
    done += part;
  }
  return bytes;
}
