import type { ReactNode } from 'react';
import { cn } from './cn';

type Props = { title: ReactNode; /** The thing's state badge. */ state?: ReactNode; description?: ReactNode; /** At the right; of them one is primary. */ actions?: ReactNode; mono?: boolean; className?: string };

export function PageHeader({ title, state, description, actions, mono = false, className }: Props) {
  return (
    <header className={cn('flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pb-6', className)}>
      <div className="min-w-0 max-w-full">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <h1 className={cn('min-w-0 text-2xl font-semibold wrap-anywhere', mono && 'font-mono text-xl leading-8 font-medium tracking-tight')}>{title}</h1>
          {state}
        </div>
        {description && <div className="mt-1 max-w-180 text-pretty text-muted">{description}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** A part of a page under its own heading. */
export function Section({ title, description, actions, children, className, id }: { title: string; description?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string; id?: string }) {
  return (
    <section id={id} className={cn('mt-10 first:mt-0 [header+&]:mt-0', className)}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{title}</h2>
          {description && <p className="text-sm text-pretty text-muted">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
