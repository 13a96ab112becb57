'use client';

import { EXPIRING_DAYS, type KeyView } from '@/lib/api/keys';
import { useNow } from '../ui/clock';
import { cn } from '../ui/cn';
import { formatDay, plural } from '../ui/format';

const DAY = 86_400_000;

/** From when to when the key may sign, and where in that time we are. */
export function LifeLine({ view }: { view: KeyView }) {
  const now = useNow();
  if (!view.since) return <p className="text-muted">Its time begins when the store has registered it.</p>;
  const from = Date.parse(view.since);
  if (!view.until) {
    return (
      <div>
        <div className="h-2 rounded-full bg-linear-to-r from-ok via-ok to-transparent" />
        <p className="mt-2 text-sm text-muted">Signs since {formatDay(view.since)}, without an end.</p>
      </div>
    );
  }
  const to = Date.parse(view.until);
  const gone = Math.min(1, Math.max(0, (now - from) / Math.max(1, to - from)));
  const left = Math.ceil((to - now) / DAY);
  const fill = left <= 0 ? 'bg-danger' : left <= EXPIRING_DAYS ? 'bg-warn' : 'bg-ok';
  return (
    <div suppressHydrationWarning>
      <div className="relative h-2 rounded-full bg-pressed" role="img" aria-label={left > 0 ? `${plural(left, 'day')} left` : 'Its time is over'}>
        <div className={cn('h-full rounded-full', fill)} style={{ width: `${Math.max(1, gone * 100)}%` }} />
        <span className="absolute top-1/2 h-4 w-0.5 -translate-y-1/2 rounded bg-ink" style={{ left: `${gone * 100}%` }} />
      </div>
      <div className="mt-2 flex justify-between gap-4 text-sm text-muted">
        <span>{formatDay(view.since)}</span>
        <span className={cn('font-medium', left <= 0 ? 'text-danger' : left <= EXPIRING_DAYS ? 'text-warn' : 'text-ink')}>{left > 0 ? `${plural(left, 'day')} left` : 'Its time is over'}</span>
        <span>{formatDay(view.until)}</span>
      </div>
    </div>
  );
}
