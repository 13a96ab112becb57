import { memo, type ReactNode } from 'react';
import type { LogLine as Line } from '@/lib/api/builds';
import { cn } from '../ui/cn';
import { formatClock, formatExact } from '../ui/format';
import { findIn } from './log-search';

const LEVEL: Record<Line['level'], { text: string; word: string }> = {
  info: { text: '', word: '' },
  warning: { text: 'text-warn', word: 'warning' },
  error: { text: 'text-danger', word: 'error' },
};

type Props = { line: Line; number: number; needle: string; current: boolean; wrap: boolean; /** Of a long log only what is in sight is laid out. */ lazy: boolean };

export const LogLine = memo(function LogLine({ line, number, needle, current, wrap, lazy }: Props) {
  const { text, word } = LEVEL[line.level];
  return (
    <li
      id={`L${number}`}
      className={cn('flex gap-3 px-3 py-px target:bg-accent-soft hover:bg-hover', lazy && '[contain-intrinsic-size:auto_1.25rem] [content-visibility:auto]', current && 'bg-warn-soft', !wrap && 'w-max min-w-full')}
    >
      <a href={`#L${number}`} aria-label={`Line ${number}`} className="w-9 shrink-0 text-right text-faint select-none tabular hover:text-ink">
        {number}
      </a>
      <time dateTime={line.at} title={formatExact(line.at, true)} className="shrink-0 text-faint tabular max-sm:hidden">
        {formatClock(line.at)}
      </time>
      <span className={cn('min-w-0', wrap ? 'wrap-anywhere whitespace-pre-wrap' : 'whitespace-pre', text)}>
        {word && <span className="font-semibold">{word}: </span>}
        {marked(line.text, needle)}
      </span>
    </li>
  );
});

function marked(text: string, needle: string): ReactNode {
  const places = findIn(text, needle);
  if (places.length === 0) return text;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [start, end] of places) {
    parts.push(text.slice(at, start), <mark key={start} className="rounded-xs bg-warn-line text-ink">{text.slice(start, end)}</mark>);
    at = end;
  }
  return [...parts, text.slice(at)];
}
