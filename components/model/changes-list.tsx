import { CircleX, Minus, Pencil, Plus, TriangleAlert } from 'lucide-react';
import type { Change } from '@/lib/model/diff';
import { cn } from '../ui/cn';

const KIND = {
  added: { icon: Plus, word: 'Added' },
  removed: { icon: Minus, word: 'Removed' },
  changed: { icon: Pencil, word: 'Changed' },
} as const;

/** Changes in words, with what each means for devices in the field. */
export function ChangesList({ changes, className }: { changes: Change[]; className?: string }) {
  if (changes.length === 0) return <p className={cn('text-muted', className)}>They say the same.</p>;
  return (
    <ul className={cn('space-y-2', className)}>
      {changes.map((change) => {
        const { icon: Icon, word } = KIND[change.kind];
        return (
          <li key={`${change.path} ${change.sentence}`} className="flex items-start gap-2">
            <Icon role="img" aria-label={word} className="mt-0.5 size-4 shrink-0 text-muted" />
            <div className="min-w-0 wrap-anywhere">
              {change.sentence}
              {change.remodel && <RemodelNote {...change.remodel} />}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

export function RemodelNote({ verdict, sentence }: NonNullable<Change['remodel']>) {
  const blocked = verdict === 'blocked';
  const Icon = blocked ? CircleX : TriangleAlert;
  return (
    <p className={cn('mt-0.5 flex items-start gap-1.5 text-sm', blocked ? 'text-danger' : 'text-warn')}>
      <Icon role="img" aria-label={blocked ? 'Remodel refused' : 'Take care'} className="mt-[3px] size-3.5 shrink-0" />
      {sentence}
    </p>
  );
}
