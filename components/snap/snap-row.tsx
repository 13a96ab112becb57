import type { ReactNode } from 'react';
import type { SnapView } from '@/lib/api/snaps';
import { Badge } from '../ui/badge';
import { Publisher } from './publisher';
import { SnapTypeIcon } from './snap-type';

/** A snap as the store shows it: what, whose, of which type. `name` may be a link or a button of the one who uses it. */
export function SnapRow({ snap, name, aside }: { snap: SnapView; name?: ReactNode; aside?: ReactNode }) {
  return (
    <div className="flex w-full items-start gap-3">
      <SnapTypeIcon type={snap.type} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <span className="min-w-0 font-medium wrap-anywhere">{name ?? (snap.title || snap.name)}</span>
          <span className="font-mono text-xs wrap-anywhere text-muted">{snap.name}</span>
        </p>
        <p className="line-clamp-2 text-sm text-muted">{snap.summary}</p>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
          <Badge>{snap.type}</Badge>
          {snap.base && <Badge mono>{snap.base}</Badge>}
          <Publisher publisher={snap.publisher} />
        </p>
      </div>
      {aside}
    </div>
  );
}
