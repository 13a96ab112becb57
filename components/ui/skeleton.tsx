import { cn } from './cn';

export const Skeleton = ({ className }: { className?: string }) => <span aria-hidden className={cn('block animate-pulse rounded bg-pressed/70', className)} />;

/** The size of a page's header. */
export function HeaderSkeleton({ action = true }: { action?: boolean }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 pb-6">
      <div>
        <Skeleton className="h-7 w-44" />
        <Skeleton className="mt-2 h-4 w-64 max-w-[60vw]" />
      </div>
      {action && <Skeleton className="h-9 w-28" />}
    </div>
  );
}

/** The size of a table with 40 px rows. */
export function TableSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className="divide-y divide-line">
      <div className="flex h-9 items-center gap-8 px-2">
        <Skeleton className="h-3 w-16" />
        <Skeleton className="ml-auto h-3 w-20" />
      </div>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-[52px] items-center gap-8 px-2">
          <Skeleton className="h-4 w-40" />
          <Skeleton className="h-4 w-24 max-sm:hidden" />
          <Skeleton className="ml-auto h-4 w-20" />
        </div>
      ))}
    </div>
  );
}

/** A list page while it loads; says so once to a screen reader. */
export function ListPageSkeleton({ rows, action }: { rows?: number; action?: boolean }) {
  return (
    <div role="status" aria-label="Loading">
      <HeaderSkeleton action={action} />
      <TableSkeleton rows={rows} />
    </div>
  );
}
