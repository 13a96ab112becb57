import type { ReactNode } from 'react';

/** The frame of pages that stand before the console: sign-in and signed-out. */
export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <section className="flex w-full max-w-sm flex-col gap-4 rounded-xl border border-line bg-canvas p-6 sm:p-8">
        <p className="flex items-center gap-2 font-medium text-muted">
          <span aria-hidden className="size-2.5 rounded-xs bg-accent" />
          Imprint
        </p>
        <h1 className="text-xl font-semibold">{title}</h1>
        {children}
      </section>
    </main>
  );
}
