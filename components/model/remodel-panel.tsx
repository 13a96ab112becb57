import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import type { RemodelVerdict } from '@/lib/model/remodel';
import { cn } from '../ui/cn';

const LOOK = {
  allowed: { icon: CircleCheck, ink: 'text-ok', title: 'Devices can remodel' },
  warned: { icon: TriangleAlert, ink: 'text-warn', title: 'Devices can remodel, with care' },
  blocked: { icon: CircleX, ink: 'text-danger', title: 'Devices cannot remodel' },
} as const;

/** Whether devices of the one version become devices of the other, rule by rule. */
export function RemodelPanel({ verdict, rules }: RemodelVerdict) {
  const { icon: Icon, ink, title } = LOOK[verdict];
  return (
    <section aria-label="Remodel">
      <h3 className={cn('flex items-center gap-2 font-medium', ink)}>
        <Icon aria-hidden className="size-4 shrink-0" />
        {title}
      </h3>
      {rules.length === 0 ? (
        <p className="mt-1 text-sm text-muted">Nothing changes for them.</p>
      ) : (
        <ul className="mt-2 space-y-1.5">
          {rules.map(({ id, verdict: each, message }) => {
            const { icon: Mark, ink: tone, title: word } = LOOK[each];
            return (
              <li key={`${id} ${message}`} className="flex items-start gap-2 text-sm">
                <Mark role="img" aria-label={word} className={cn('mt-0.5 size-4 shrink-0', tone)} />
                <span className="min-w-0 wrap-anywhere">{message}</span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
