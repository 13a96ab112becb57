import type { FetchOptions } from './snap-cache';

type Work = (signal: AbortSignal, onBytes: (received: number) => void) => Promise<void>;
type Shared = { abort: AbortController; listeners: Set<(received: number) => void>; done: Promise<void> };

/** Runs one piece of work under a key, however many ask for it; it is stopped when the last of them has gone. */
export function createSharing(): (key: string, options: FetchOptions, work: Work) => Promise<void> {
  const underWay = new Map<string, Shared>();

  function begin(key: string, work: Work): Shared {
    const abort = new AbortController();
    const listeners = new Set<(received: number) => void>();
    const done = work(abort.signal, (received) => listeners.forEach((listener) => listener(received))).finally(() => {
      if (underWay.get(key) === shared) underWay.delete(key);
    });
    const shared: Shared = { abort, listeners, done };
    underWay.set(key, shared);
    return shared;
  }

  return async (key, { signal, onBytes }, work) => {
    signal?.throwIfAborted();
    const known = underWay.get(key);
    const { abort, listeners, done } = known && !known.abort.signal.aborted ? known : begin(key, work);
    const listener = (received: number) => onBytes?.(received);
    listeners.add(listener);
    return new Promise<void>((resolve, reject) => {
      const leave = () => {
        listeners.delete(listener);
        // The last to go waits until the work has cleaned up.
        if (listeners.size > 0) reject(signal?.reason);
        else abort.abort(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const settled = () => {
        signal?.removeEventListener('abort', leave);
        listeners.delete(listener);
      };
      done.then(
        () => {
          settled();
          resolve();
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  };
}
