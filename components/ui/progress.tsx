import { cn } from './cn';

type Props = { /** 0 to 1; undefined while the end is not known. */ value?: number; label: string; className?: string; tone?: 'accent' | 'info' | 'ok' | 'danger' };

const FILL = { accent: 'bg-accent', info: 'bg-info', ok: 'bg-ok', danger: 'bg-danger' } as const;

export function Progress({ value, label, className, tone = 'accent' }: Props) {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 1000) / 10;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent === undefined ? undefined : Math.round(percent)}
      className={cn('h-1.5 w-full overflow-hidden rounded-full bg-pressed', className)}
    >
      {percent === undefined ? (
        <div className={cn('h-full w-1/3 animate-indeterminate rounded-full', FILL[tone])} />
      ) : (
        <div className={cn('h-full rounded-full transition-[width] duration-150', FILL[tone])} style={{ width: `${percent}%` }} />
      )}
    </div>
  );
}
