import type { ReactNode } from 'react';
import type { LucideIcon } from 'lucide-react';
import { Wordmark } from '../ui/logo';

type Props = { icon: LucideIcon; title: string; children: ReactNode; actions?: ReactNode };

/** A page with one thing to say, outside of any brand. */
export const PlainPage = ({ icon: Icon, title, children, actions }: Props) => (
  <div className="flex min-h-dvh flex-col px-4 py-6 sm:px-8">
    <header>
      <Wordmark className="text-base" />
    </header>
    <main className="mx-auto flex w-full max-w-120 flex-1 flex-col justify-center py-10">
      <span className="grid size-11 place-items-center rounded-full bg-hover text-muted">
        <Icon aria-hidden className="size-5" />
      </span>
      <h1 className="mt-5 text-2xl font-semibold">{title}</h1>
      <div className="mt-2 space-y-3 text-pretty text-muted">{children}</div>
      {actions && <div className="mt-6 flex flex-wrap gap-2">{actions}</div>}
    </main>
  </div>
);
