import type { ComponentProps } from 'react';
import { cn } from './cn';

export const Kbd = ({ className, ...rest }: ComponentProps<'kbd'>) => (
  <kbd {...rest} className={cn('inline-flex h-5 min-w-5 items-center justify-center rounded border border-line bg-canvas px-1 font-sans text-2xs text-muted', className)} />
);
