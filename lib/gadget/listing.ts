/** One line of a snap's listing. */
export type SnapEntry = {
  /** Without a leading slash. */
  path: string;
  type: 'file' | 'directory' | 'symlink' | 'other';
  sizeBytes: number;
  /** Of a symbolic link, as written. */
  target?: string;
};

/** A snap's files, looked up by path and by folder in time that its other files do not add to: it may have 200,000. */
export class SnapListing<Entry extends SnapEntry = SnapEntry> implements Iterable<Entry> {
  readonly #all: readonly Entry[];
  readonly #byPath: ReadonlyMap<string, Entry>;
  readonly #filled: ReadonlySet<string>;
  /** Places in `#all` in the order of paths, so that what is in a folder stands together. */
  #sorted: number[] | undefined;

  constructor(entries: Iterable<Entry>) {
    this.#all = [...entries];
    this.#byPath = new Map(this.#all.map((entry) => [entry.path, entry]));
    this.#filled = new Set(this.#all.map(({ path }) => path.slice(0, Math.max(path.lastIndexOf('/'), 0))));
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#all.values();
  }

  get(path: string): Entry | undefined {
    return this.#byPath.get(path);
  }

  /** Whether something is in a folder. */
  isFilled(path: string): boolean {
    return this.#filled.has(path);
  }

  /** Everything below a folder, in the order of the listing; the empty path is the root. */
  below(folder: string): readonly Entry[] {
    if (folder === '') return this.#all;
    const sorted = (this.#sorted ??= [...this.#all.keys()].sort((a, b) => (this.#all[a]!.path < this.#all[b]!.path ? -1 : 1)));
    // "0" is the character behind "/".
    const places = sorted.slice(this.#firstFrom(sorted, `${folder}/`), this.#firstFrom(sorted, `${folder}0`));
    return places.sort((a, b) => a - b).map((at) => this.#all[at]!);
  }

  #firstFrom(sorted: readonly number[], path: string): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#all[sorted[middle]!]!.path < path) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export const listingOf = <Entry extends SnapEntry>(entries: Iterable<Entry>): SnapListing<Entry> => (entries instanceof SnapListing ? entries : new SnapListing(entries));
