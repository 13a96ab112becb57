'use client';

import { ArrowRight, Check } from 'lucide-react';
import { useBrand } from '../brand/brand-context';
import { cn } from '../ui/cn';
import { LinkButton } from '../ui/link-button';
import type { Step } from './next-step';

/** The way from nothing to a link. The first step that is not done is the page's one primary action. */
export function Checklist({ steps }: { steps: Step[] }) {
  const { whyNot } = useBrand();
  const next = steps.find((step) => !step.done);
  const done = steps.filter((step) => step.done).length;
  return (
    <section aria-label="First steps" className="overflow-hidden rounded-xl border border-line">
      <header className="flex items-center justify-between gap-4 border-b border-line bg-sunken px-4 py-3 sm:px-5">
        <h2 className="font-semibold">From a key to a link</h2>
        <p className="text-sm text-muted tabular">
          {done} of {steps.length} done
        </p>
      </header>
      <ol>
        {steps.map((step, i) => {
          const current = step === next;
          return (
            <li key={step.name} aria-current={current ? 'step' : undefined} className={cn('flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3.5 not-last:border-b not-last:border-line sm:px-5', current && 'bg-accent-soft/60')}>
              <span
                className={cn(
                  'grid size-7 shrink-0 place-items-center rounded-full border text-sm font-medium tabular',
                  step.done ? 'border-transparent bg-ok-soft text-ok' : current ? 'border-accent text-accent-ink' : 'border-line-strong text-muted',
                )}
              >
                {step.done ? <Check role="img" aria-label="Done" className="size-4" /> : i + 1}
              </span>
              <span className="min-w-0 flex-1 basis-48">
                <span className={cn('block font-medium', step.done && 'text-muted')}>{step.title}</span>
                <span className="block text-sm text-muted">{step.why}</span>
              </span>
              {current && (
                <LinkButton variant="primary" href={step.href} disabledReason={whyNot(step.verb)} className="max-sm:w-full">
                  {step.action}
                  <ArrowRight aria-hidden />
                </LinkButton>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
