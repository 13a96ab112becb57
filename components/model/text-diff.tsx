import { cn } from '../ui/cn';
import { diffTexts } from './diff-texts';

const LOOK = {
  same: { mark: ' ', row: '', word: '' },
  added: { mark: '+', row: 'bg-ok-soft text-ok', word: 'added: ' },
  removed: { mark: '−', row: 'bg-danger-soft text-danger', word: 'removed: ' },
} as const;

type Props = { before: string; after: string; label: string; className?: string };

/** Assertion text with what has changed marked, by sign as well as by colour. */
export function TextDiff({ before, after, label, className }: Props) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className={cn('overflow-auto rounded-lg border border-line bg-sunken py-2 font-mono text-sm leading-5', className)}>
      {diffTexts(before, after).map(({ kind, text }, i) => {
        const { mark, row, word } = LOOK[kind];
        return (
          <div key={`${i} ${kind}`} className={cn('flex px-3', row)}>
            <span aria-hidden className="w-4 shrink-0 select-none">
              {mark}
            </span>
            {word && <span className="sr-only">{word}</span>}
            <span className="min-w-0 wrap-anywhere whitespace-pre-wrap">{text || ' '}</span>
          </div>
        );
      })}
    </div>
  );
}
