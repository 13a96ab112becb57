/**
 * Runs `work` on all items at once. The first failure stops the others by the signal that they are given, and is thrown once all of them have ended: no tool
 * runs on when nobody waits for it. Throws the reason of `signal` when that is what stopped them.
 */
export async function together<Item, T>(items: readonly Item[], signal: AbortSignal, work: (item: Item, signal: AbortSignal) => Promise<T>): Promise<T[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const running = items.map(async (item) => {
    try {
      return await work(item, either);
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(running);
  signal.throwIfAborted();
  if (stop.signal.aborted) throw stop.signal.reason;
  return Promise.all(running);
}

/** A promise that others wait for too, for one who may be stopped: what is asked goes on, nobody here waits for it. Throws the signal's reason. */
export function orStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
