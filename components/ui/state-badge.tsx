import type { LucideIcon } from 'lucide-react';
import { TONE_CLASS, type Tone } from './badge';
import { cn } from './cn';

/** How one state of a thing looks: never by colour alone. */
export type StateLook = { word: string; icon: LucideIcon; tone: Tone; spin?: boolean };

export function StateBadge({ look, size = 'sm', className }: { look: StateLook; size?: 'sm' | 'md'; className?: string }) {
  const Icon = look.icon;
  return (
    <span
      className={cn(
        'inline-flex items-center rounded-full border font-medium whitespace-nowrap',
        size === 'sm' ? 'h-6 gap-1.5 pr-2.5 pl-2 text-xs' : 'h-7 gap-1.5 pr-3 pl-2.5 text-sm',
        TONE_CLASS[look.tone],
        className,
      )}
    >
      <Icon aria-hidden className={cn('size-3.5 shrink-0', look.spin && 'animate-spin')} />
      {look.word}
    </span>
  );
}
