import Link from 'next/link';
import { ChevronRight } from 'lucide-react';
import { cn } from './cn';

export type Crumb = { label: string; href?: string; mono?: boolean };

/** The last one is where we are. */
export function Breadcrumbs({ crumbs, className }: { crumbs: Crumb[]; className?: string }) {
  return (
    <nav aria-label="Breadcrumbs" className={cn('min-w-0', className)}>
      <ol className="flex min-w-0 items-center gap-1 text-sm">
        {crumbs.map((crumb, i) => {
          const last = i === crumbs.length - 1;
          const look = cn('truncate', crumb.mono && 'font-mono');
          return (
            <li key={`${i} ${crumb.label}`} className={cn('flex min-w-0 items-center gap-1', !last && 'max-sm:hidden', last && 'shrink')}>
              {i > 0 && <ChevronRight aria-hidden className="size-3.5 shrink-0 text-faint max-sm:hidden" />}
              {crumb.href && !last ? (
                <Link href={crumb.href} className={cn(look, 'rounded text-muted hover:text-ink')}>
                  {crumb.label}
                </Link>
              ) : (
                <span aria-current={last ? 'page' : undefined} className={cn(look, last ? 'font-medium text-ink' : 'text-muted')}>
                  {crumb.label}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
