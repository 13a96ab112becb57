import type { FatVolume } from './fat-volume';
import { imageFault, readAt, viewOf, type Reader } from './reader';

/** Clusters that follow each other, `first` up to before `end`. */
export type Run = { first: number; end: number };

const FIRST_CLUSTER = 2;

/** The file allocation table: who follows whom. Every cluster is given away once, so that no chain goes in circles. */
export class FatChains {
  readonly #next: Uint32Array;
  readonly #taken: Uint8Array;
  readonly #volume: FatVolume;
  #used = 0;

  private constructor(volume: FatVolume, next: Uint32Array) {
    this.#volume = volume;
    this.#next = next;
    this.#taken = new Uint8Array(next.length);
  }

  /** Throws AppError `image-fat-copies` when the copies of the FAT differ, `image-fat-chain`, `image-truncated`. */
  static async read(reader: Reader, volume: FatVolume): Promise<FatChains> {
    const { fatStart, fatBytes, fats, clusters, bits } = volume;
    const bytes = await readAt(reader, fatStart, fatBytes, 'The FAT');
    if (fats === 2) {
      const copy = await readAt(reader, fatStart + fatBytes, fatBytes, 'The copy of the FAT');
      const differs = bytes.findIndex((byte, i) => byte !== copy[i]);
      if (differs >= 0) imageFault('image-fat-copies', `The two copies of the FAT differ, first at byte ${differs} of them.`);
    }
    const view = viewOf(bytes);
    const entry = (i: number): number => {
      if (bits === 32) return view.getUint32(i * 4, true) & 0x0fffffff;
      if (bits === 16) return view.getUint16(i * 2, true);
      const pair = view.getUint16(i + (i >> 1), true);
      return i % 2 === 0 ? pair & 0xfff : pair >> 4;
    };
    if ((entry(0) & 0xff) < 0xf0) imageFault('image-fat-chain', 'The FAT does not begin with the kind of its disk.');
    return new FatChains(volume, Uint32Array.from({ length: clusters + FIRST_CLUSTER }, (_, i) => entry(i)));
  }

  /** Gives a chain away. `what` owns it. Throws AppError `image-fat-chain`, `image-fat-loop`. */
  take(first: number, what: string): Run[] {
    // What ends a chain, as large as the table's numbers go.
    const last = { 12: 0xff8, 16: 0xfff8, 32: 0x0ffffff8 }[this.#volume.bits];
    const runs: Run[] = [];
    for (let cluster = first; cluster < last; cluster = this.#next[cluster]!) {
      if (cluster < FIRST_CLUSTER || cluster >= this.#next.length) imageFault('image-fat-chain', `The clusters of ${what} lead to ${cluster}, and there ${cluster < FIRST_CLUSTER ? 'is nothing' : `are none beyond ${this.#next.length - 1}`}.`);
      if (this.#taken[cluster] === 1) imageFault('image-fat-loop', `The clusters of ${what} lead to ${cluster}, which is taken already.`);
      this.#taken[cluster] = 1;
      this.#used += 1;
      const run = runs.at(-1);
      if (run?.end === cluster) run.end += 1;
      else runs.push({ first: cluster, end: cluster + 1 });
    }
    return runs;
  }

  /** Once everything was taken. Throws AppError `image-fat-chain` for clusters that nobody has, `image-fat-free` for a wrong count of the free ones. */
  assertAllTaken(): void {
    const bad = { 12: 0xff7, 16: 0xfff7, 32: 0x0ffffff7 }[this.#volume.bits];
    const lost = this.#next.findIndex((next, i) => i >= FIRST_CLUSTER && next !== 0 && next !== bad && this.#taken[i] === 0);
    if (lost >= 0) imageFault('image-fat-chain', `The FAT says that cluster ${lost} is in use, and no file has it.`);
    const { free, clusters } = this.#volume;
    const found = clusters - this.#used;
    if (free !== undefined && free !== found) imageFault('image-fat-free', `The file system notes ${free} free clusters, and there are ${found}.`);
  }
}
