import type { ComponentProps } from 'react';
import { cn } from './cn';

export const controlClass =
  'w-full rounded-md border border-control/70 bg-canvas px-3 text-base text-ink transition-colors duration-100 hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted aria-invalid:border-danger';

/** `mono` for identifiers. */
export function Input({ className, mono = false, ...rest }: ComponentProps<'input'> & { mono?: boolean }) {
  return <input autoComplete="off" {...rest} className={cn(controlClass, 'h-9 read-only:bg-sunken', mono && 'font-mono text-sm', className)} />;
}

export function Textarea({ className, mono = false, ...rest }: ComponentProps<'textarea'> & { mono?: boolean }) {
  return <textarea rows={3} {...rest} className={cn(controlClass, 'py-2 leading-5 read-only:bg-sunken', mono && 'font-mono text-sm', className)} />;
}
