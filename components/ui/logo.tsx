import { cn } from './cn';

/** The mark: the rings of a print above the line it leaves. */
export const Mark = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden className={cn('size-6 shrink-0', className)}>
    <rect width="32" height="32" rx="8" fill="var(--accent)" />
    <g fill="none" stroke="var(--on-accent)" strokeWidth="2.6" strokeLinecap="round">
      <path d="M8.2 20.4a9 9 0 1 1 15.6 0" />
      <path d="M11.9 18.6a4.8 4.8 0 1 1 8.2 0" />
      <path d="M8.5 25h15" />
    </g>
    <circle cx="16" cy="16" r="1.7" fill="var(--on-accent)" />
  </svg>
);

export const Wordmark = ({ className }: { className?: string }) => (
  <span className={cn('inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight', className)}>
    <Mark />
    Imprint
  </span>
);
