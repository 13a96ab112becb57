import type { ReactNode } from 'react';
import { Check } from 'lucide-react';

/** A filter that is on or off, and lives in the URL. */
export function FilterChip({ pressed, onClick, children }: { pressed: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="inline-flex h-8 items-center gap-1.5 rounded-full border border-line px-3 text-sm whitespace-nowrap text-muted transition-colors duration-100 hover:border-line-strong hover:text-ink aria-pressed:border-accent-line aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent-ink"
    >
      {pressed && <Check aria-hidden className="size-3.5" />}
      {children}
    </button>
  );
}
