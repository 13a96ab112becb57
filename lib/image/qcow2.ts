import { segmentLength, type ImagePlan, type Segment } from './plan';
import { SegmentList, sliceSegments } from './segments';

// The format: qemu's docs/interop/qcow2.txt. Numbers are big-endian.
const CLUSTER_BITS = 16;
const CLUSTER = 2 ** CLUSTER_BITS;
const ENTRY_BYTES = 8;
/** Clusters that one L2 table speaks of. */
const PER_L2 = CLUSTER / ENTRY_BYTES;
/** Clusters that one block of 16-bit counts speaks of. */
const PER_COUNTS = CLUSTER / 2;
const HEADER_BYTES = 104;
/** Of an entry: the cluster is used once. */
const USED_ONCE = 1n << 63n;

type Run = { first: number; end: number };

/** The image as qcow2, version 3: clusters of 64 KiB, those of zeros left out. `sizeBytes` of the image is a multiple of 512. */
export function encodeQcow2({ sizeBytes, segments }: ImagePlan): ImagePlan {
  const runs = usedRuns(segments);
  const data = runs.reduce((sum, { first, end }) => sum + end - first, 0);
  const entries = Math.ceil(Math.ceil(sizeBytes / CLUSTER) / PER_L2);
  const tables = [...new Set(runs.flatMap(({ first, end }) => tablesOf(first, end)))];
  const l1Clusters = Math.max(1, Math.ceil((entries * ENTRY_BYTES) / CLUSTER));
  const counted = countClusters(1 + l1Clusters + tables.length + data);

  // In this order: header, table of the counts, counts, L1, L2, data.
  const countsAt = 1 + counted.tableClusters;
  const l1At = countsAt + counted.blocks;
  const l2At = l1At + l1Clusters;
  const dataAt = l2At + tables.length;

  const list = new SegmentList();
  const metadata = new DataView(new ArrayBuffer(dataAt * CLUSTER));
  writeHeader(metadata, { sizeBytes, entries, l1At, tableClusters: counted.tableClusters });
  for (let i = 0; i < counted.blocks; i += 1) metadata.setBigUint64(CLUSTER + i * ENTRY_BYTES, BigInt((countsAt + i) * CLUSTER));
  for (let i = 0; i < dataAt + data; i += 1) metadata.setUint16(countsAt * CLUSTER + i * 2, 1);
  tables.forEach((table, i) => metadata.setBigUint64(l1At * CLUSTER + table * ENTRY_BYTES, BigInt((l2At + i) * CLUSTER) | USED_ONCE));
  const place = new Map(tables.map((table, i) => [table, l2At + i]));
  let next = dataAt;
  for (const { first, end } of runs) {
    for (let cluster = first; cluster < end; cluster += 1) {
      metadata.setBigUint64(place.get(Math.floor(cluster / PER_L2))! * CLUSTER + (cluster % PER_L2) * ENTRY_BYTES, BigInt(next * CLUSTER) | USED_ONCE);
      next += 1;
    }
  }
  list.bytes(new Uint8Array(metadata.buffer));
  for (const { first, end } of runs) {
    list.push(...sliceSegments(segments, first * CLUSTER, Math.min(end * CLUSTER, sizeBytes)));
    list.zeros(Math.max(0, end * CLUSTER - sizeBytes));
  }
  return { sizeBytes: list.sizeBytes, segments: list.segments };
}

/** The clusters that hold anything but planned zeros, in runs. */
function usedRuns(segments: readonly Segment[]): Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (segment.kind !== 'zeros' && length > 0) {
      const [first, end] = [Math.floor(at / CLUSTER), Math.ceil((at + length) / CLUSTER)];
      const last = runs.at(-1);
      if (last && first <= last.end) last.end = Math.max(last.end, end);
      else runs.push({ first, end });
    }
    at += length;
  }
  return runs;
}

function tablesOf(first: number, end: number): number[] {
  const from = Math.floor(first / PER_L2);
  return Array.from({ length: Math.floor((end - 1) / PER_L2) - from + 1 }, (_, i) => from + i);
}

/** The counts count themselves and their table too. */
function countClusters(others: number): { blocks: number; tableClusters: number } {
  let [blocks, tableClusters] = [1, 1];
  for (;;) {
    const wanted = Math.ceil((others + blocks + tableClusters) / PER_COUNTS);
    const wantedTable = Math.ceil((wanted * ENTRY_BYTES) / CLUSTER);
    if (wanted <= blocks && wantedTable <= tableClusters) return { blocks, tableClusters };
    [blocks, tableClusters] = [wanted, wantedTable];
  }
}

function writeHeader(view: DataView, { sizeBytes, entries, l1At, tableClusters }: { sizeBytes: number; entries: number; l1At: number; tableClusters: number }): void {
  view.setUint32(0, 0x514649fb);
  view.setUint32(4, 3);
  view.setUint32(20, CLUSTER_BITS);
  view.setBigUint64(24, BigInt(sizeBytes));
  view.setUint32(36, entries);
  view.setBigUint64(40, BigInt(l1At * CLUSTER));
  view.setBigUint64(48, BigInt(CLUSTER));
  view.setUint32(56, tableClusters);
  // Counts of 2^4 bits.
  view.setUint32(96, 4);
  view.setUint32(100, HEADER_BYTES);
}
