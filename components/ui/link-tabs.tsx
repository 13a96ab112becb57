'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from './cn';

export type LinkTab = { href: string; label: string; count?: number };

/** Tabs that are pages of their own, so that each can be linked. The current one is the one whose address is shown. */
export function LinkTabs({ tabs, label, className }: { tabs: LinkTab[]; label: string; className?: string }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className={cn('-mb-px flex gap-5 overflow-x-auto border-b border-line', className)}>
      {tabs.map((tab) => {
        const current = tab.href.split('?')[0] === pathname;
        return (
          <Link
            key={tab.href}
            href={tab.href}
            aria-current={current ? 'page' : undefined}
            className={cn(
              'flex h-10 shrink-0 items-center gap-1.5 border-b-2 px-0.5 font-medium transition-colors duration-100 focus-visible:-outline-offset-2',
              current ? 'border-accent text-ink' : 'border-transparent text-muted hover:border-line-strong hover:text-ink',
            )}
          >
            {tab.label}
            {tab.count !== undefined && <span className="rounded-full bg-hover px-1.5 text-xs text-muted tabular">{tab.count}</span>}
          </Link>
        );
      })}
    </nav>
  );
}
