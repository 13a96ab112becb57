'use client';

import { useNow, useQuickNow } from './clock';
import { formatDuration, formatExact, formatRelative } from './format';

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

/** How long something took, or has been going on. */
export function Elapsed({ from, to, className }: { from: string; to: string | null; className?: string }) {
  const now = useQuickNow(to === null);
  const end = to === null ? now : Date.parse(to);
  return (
    <span className={className} suppressHydrationWarning>
      {formatDuration(end - Date.parse(from))}
    </span>
  );
}
