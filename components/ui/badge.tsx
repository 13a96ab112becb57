import type { ComponentProps } from 'react';
import { cn } from './cn';

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'danger' | 'info';

export const TONE_CLASS: Record<Tone, string> = {
  neutral: 'border-line bg-hover text-muted',
  accent: 'border-accent-line bg-accent-soft text-accent-ink',
  ok: 'border-ok-line bg-ok-soft text-ok',
  warn: 'border-warn-line bg-warn-soft text-warn',
  danger: 'border-danger-line bg-danger-soft text-danger',
  info: 'border-info-line bg-info-soft text-info',
};

/** A word that says what kind of thing this is: grade, architecture, role. */
export function Badge({ tone = 'neutral', mono = false, className, ...rest }: ComponentProps<'span'> & { tone?: Tone; mono?: boolean }) {
  return <span {...rest} className={cn('inline-flex h-5 items-center gap-1 rounded border px-1.5 text-xs font-medium whitespace-nowrap', TONE_CLASS[tone], mono && 'font-mono', className)} />;
}
