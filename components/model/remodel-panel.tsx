import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import type { RemodelRule, RemodelVerdict } from '@/lib/model/remodel';
import { cn } from '../ui/cn';

const LOOK = {
  allowed: { icon: CircleCheck, ink: 'text-ok', title: 'Devices can remodel', word: 'Allowed' },
  warned: { icon: TriangleAlert, ink: 'text-warn', title: 'Devices can remodel, with care', word: 'Take care' },
  blocked: { icon: CircleX, ink: 'text-danger', title: 'Devices cannot remodel', word: 'Blocked' },
} as const;

/** Whether devices of the one version become devices of the other: first what stands against it, then every other rule that was asked. */
export function RemodelPanel({ verdict, rules }: RemodelVerdict) {
  const { icon: Icon, ink, title } = LOOK[verdict];
  const against = rules.filter((rule) => rule.verdict !== 'allowed');
  const passed = rules.filter((rule) => rule.verdict === 'allowed');
  return (
    <section aria-label="Remodel">
      <h3 className={cn('flex items-center gap-2 font-medium', ink)}>
        <Icon aria-hidden className="size-4 shrink-0" />
        {title}
      </h3>
      <Rules rules={against} />
      <details className="mt-2">
        <summary className="cursor-default text-sm text-muted">
          {against.length === 0 ? `All ${rules.length} rules allow it` : `${passed.length} of ${rules.length} rules allow it`}
        </summary>
        <Rules rules={passed} />
      </details>
    </section>
  );
}

function Rules({ rules }: { rules: RemodelRule[] }) {
  if (rules.length === 0) return null;
  return (
    <ul className="mt-2 space-y-1.5">
      {rules.map(({ id, verdict, message }) => {
        const { icon: Mark, ink, word } = LOOK[verdict];
        return (
          <li key={id} className="flex items-start gap-2 text-sm">
            <Mark role="img" aria-label={word} className={cn('mt-0.5 size-4 shrink-0', ink)} />
            <span className="min-w-0 wrap-anywhere">{message}</span>
          </li>
        );
      })}
    </ul>
  );
}
