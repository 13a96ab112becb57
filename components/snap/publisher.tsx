import { BadgeCheck, Star } from 'lucide-react';
import type { SnapView } from '@/lib/api/snaps';

/** Who publishes a snap, with the store's word about them. */
export function Publisher({ publisher }: { publisher: SnapView['publisher'] }) {
  const { displayName, username, validation } = publisher;
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1 align-bottom" title={username}>
      <span className="truncate">{displayName || username}</span>
      {validation === 'verified' && <BadgeCheck role="img" aria-label="verified by the store" className="size-3.5 shrink-0 text-ok" />}
      {validation === 'starred' && <Star role="img" aria-label="starred by the store" className="size-3.5 shrink-0 text-warn" />}
    </span>
  );
}
