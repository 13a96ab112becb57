'use client';

import type { ReactNode } from 'react';
import { cn } from './cn';

export type RadioCard<T extends string> = { value: T; label: string; description?: ReactNode; icon?: ReactNode; disabledReason?: string };
type Props<T extends string> = {
  name: string;
  legend: string;
  hideLegend?: boolean;
  value: T | undefined;
  onChange: (value: T) => void;
  cards: RadioCard<T>[];
  /** Cards beside each other from the width of a small tablet on. */
  columns?: 1 | 2 | 3;
  'aria-describedby'?: string;
};

const COLUMNS = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-3' } as const;

/** One of a few, each explained: native radio buttons inside cards. */
export function RadioCards<T extends string>({ name, legend, hideLegend = false, value, onChange, cards, columns = 1, ...rest }: Props<T>) {
  return (
    <fieldset {...rest} className="min-w-0">
      <legend className={cn('mb-1.5 font-medium', hideLegend && 'sr-only')}>{legend}</legend>
      <div className={cn('grid gap-2', COLUMNS[columns])}>
        {cards.map((card) => (
          <label
            key={card.value}
            className="flex items-start gap-3 rounded-lg border border-line-strong/70 bg-raised p-3 transition-colors duration-100 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-not-allowed has-disabled:opacity-60 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={card.value}
              checked={card.value === value}
              onChange={() => onChange(card.value)}
              disabled={card.disabledReason !== undefined}
              className="mt-0.5 size-4 shrink-0 accent-accent focus-visible:outline-none"
            />
            <span className="min-w-0 flex-1">
              <span className="flex items-center gap-2 font-medium [&_svg]:size-4 [&_svg]:text-muted">
                {card.icon}
                {card.label}
              </span>
              {(card.disabledReason ?? card.description) && <span className="mt-0.5 block text-sm text-muted">{card.disabledReason ?? card.description}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
