import type { ComponentProps } from 'react';
import { ChevronDown } from 'lucide-react';
import { cn } from './cn';
import { controlClass } from './input';

type Props = Omit<ComponentProps<'select'>, 'size'> & { small?: boolean; mono?: boolean };

/** The platform's own list: right on phones, by keyboard and for screen readers. Children are `<option>`s. */
export function Select({ className, small = false, mono = false, children, ...rest }: Props) {
  return (
    <span className={cn('relative block', className)}>
      <select {...rest} className={cn(controlClass, 'appearance-none truncate', small ? 'h-8 pr-7 pl-2.5 text-sm' : 'h-9 pr-9', mono && 'font-mono text-sm')}>
        {children}
      </select>
      <ChevronDown aria-hidden className={cn('pointer-events-none absolute top-1/2 size-4 -translate-y-1/2 text-muted', small ? 'right-2' : 'right-2.5')} />
    </span>
  );
}
