import type { ReactNode } from 'react';
import { cn } from './cn';

/** Facts of a thing: a word and its value, in as many columns as fit. */
export const Facts = ({ children, className }: { children: ReactNode; className?: string }) => (
  <dl className={cn('grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-[repeat(auto-fill,minmax(11rem,1fr))]', className)}>{children}</dl>
);

export const Fact = ({ label, children, className }: { label: string; children: ReactNode; className?: string }) => (
  <div className={cn('min-w-0', className)}>
    <dt className="text-sm text-muted">{label}</dt>
    <dd className="mt-0.5 min-w-0 wrap-break-word">{children}</dd>
  </div>
);
