/**
 * Lets builds run side by side, and one that may kill its worker alone, so that no other dies with it.
 * Those that come later wait for it.
 */
export class Turns {
  private running = 0;
  private last: Promise<unknown> = Promise.resolve();
  private idle = () => {};

  /** Runs `work` once it may; `alone`: when nothing else runs, and nothing else until it is over. */
  async take<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    const before = this.last;
    if (!alone) {
      await before;
      return this.run(work);
    }
    const turn = (async () => {
      await before;
      if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
      return this.run(work);
    })();
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      if (this.running === 0) this.idle();
    }
  }
}
