import type { ReactNode } from 'react';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { cn } from './cn';

export type NoticeTone = 'info' | 'warning' | 'danger' | 'ok';

const LOOK: Record<NoticeTone, { icon: typeof Info; box: string; ink: string; word: string }> = {
  info: { icon: Info, box: 'border-info-line bg-info-soft', ink: 'text-info', word: 'Note' },
  warning: { icon: TriangleAlert, box: 'border-warn-line bg-warn-soft', ink: 'text-warn', word: 'Warning' },
  danger: { icon: CircleX, box: 'border-danger-line bg-danger-soft', ink: 'text-danger', word: 'Problem' },
  ok: { icon: CircleCheck, box: 'border-ok-line bg-ok-soft', ink: 'text-ok', word: 'Done' },
};

type Props = { tone?: NoticeTone; title?: ReactNode; children?: ReactNode; action?: ReactNode; role?: 'alert' | 'status'; className?: string };

export function Notice({ tone = 'info', title, children, action, role, className }: Props) {
  const { icon: Icon, box, ink, word } = LOOK[tone];
  return (
    <div role={role} className={cn('flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border p-3', box, className)}>
      <Icon role="img" aria-label={word} className={cn('mt-0.5 size-4 shrink-0', ink)} />
      <div className="min-w-0 flex-1 basis-48 wrap-break-word">
        {title && <p className={cn('font-medium', ink)}>{title}</p>}
        {children && <div className={cn('text-ink', title ? 'mt-0.5 text-sm' : '')}>{children}</div>}
      </div>
      {action && <div className="shrink-0 self-center">{action}</div>}
    </div>
  );
}
