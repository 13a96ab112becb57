'use client';

import { useSyncExternalStore } from 'react';

/** One timer for all who watch; it runs only while somebody does. Moves in whole steps, so that it stands still while a page renders. */
function createClock(stepMs: number) {
  const watchers = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const read = (): number => Math.floor(Date.now() / stepMs) * stepMs;
  const subscribe = (watcher: () => void): (() => void) => {
    watchers.add(watcher);
    timer ??= setInterval(() => watchers.forEach((tell) => tell()), stepMs);
    return () => {
      watchers.delete(watcher);
      if (watchers.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
  return { read, subscribe, stand: () => () => undefined };
}

const slow = createClock(10_000);
const quick = createClock(250);

/** Now, in milliseconds, moving every ten seconds. */
export const useNow = (): number => useSyncExternalStore(slow.subscribe, slow.read, slow.read);

/** Now, four times a second while `running`; for what is being timed. */
export const useQuickNow = (running: boolean): number => useSyncExternalStore(running ? quick.subscribe : quick.stand, quick.read, quick.read);
