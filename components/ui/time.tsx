'use client';

import { useSyncExternalStore } from 'react';
import { formatExact, formatRelative } from './format';

const STEP_MS = 10_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** In steps, so that it does not change while one page is rendered. */
const clock = (): number => Math.floor(Date.now() / STEP_MS) * STEP_MS;

/** Now, in milliseconds, moving every ten seconds. */
export const useNow = (): number => useSyncExternalStore(subscribe, clock, clock);

/** `5 min ago`, and the exact time in UTC on hover. The server's minute may differ from the browser's by one: that is no mismatch worth a warning. */
export function Time({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatExact(at, true)} className={className} suppressHydrationWarning>
      {formatRelative(at, now)}
    </time>
  );
}

/** `22 Nov 2026, 14:03 UTC`, and how long ago on hover. */
export function ExactTime({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatRelative(at, now)} className={className} suppressHydrationWarning>
      {formatExact(at)}
    </time>
  );
}
