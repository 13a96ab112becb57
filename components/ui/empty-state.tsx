import type { ReactNode } from 'react';
import type { LucideIcon } from 'lucide-react';
import { cn } from './cn';

type Props = { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode; className?: string; /** `h1` where it is all that the page says. */ heading?: 'h1' | 'h2' };

/** What stands where a list would: what would be here, and the one thing to do. */
export function EmptyState({ icon: Icon, title, children, action, className, heading: Heading = 'h2' }: Props) {
  return (
    <div className={cn('flex flex-col items-center rounded-xl border border-dashed border-line-strong/70 px-6 py-12 text-center', className)}>
      <span className="grid size-11 place-items-center rounded-full bg-hover text-muted">
        <Icon aria-hidden className="size-5" />
      </span>
      <Heading className="mt-4 text-lg font-semibold">{title}</Heading>
      {children && <div className="mt-1 max-w-105 text-pretty text-muted">{children}</div>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}
