'use client';

import { Switch as Radix } from 'radix-ui';
import { cn } from './cn';

type Props = { id?: string; checked: boolean; onCheckedChange: (checked: boolean) => void; disabled?: boolean; className?: string; 'aria-label'?: string; 'aria-describedby'?: string; 'aria-labelledby'?: string };

export function Switch({ className, ...rest }: Props) {
  return (
    <Radix.Root
      {...rest}
      className={cn('inline-flex h-5 w-9 shrink-0 items-center rounded-full bg-control p-0.5 transition-colors duration-100 data-[state=checked]:bg-accent disabled:opacity-50', className)}
    >
      <Radix.Thumb className="block size-4 rounded-full bg-canvas transition-transform duration-100 data-[state=checked]:translate-x-4" />
    </Radix.Root>
  );
}
