import type { ComponentProps } from 'react';
import Link from 'next/link';
import { cn } from './cn';

/** The name in a row: its click area is the whole row (the nearest positioned ancestor). Other controls of the row need `relative z-1`. */
export function RowLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return <Link data-row-link="" {...rest} className={cn('font-medium text-ink after:absolute after:inset-0 hover:text-accent-ink focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent', className)} />;
}
