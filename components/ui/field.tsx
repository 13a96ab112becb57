'use client';

import { useId, type ReactNode } from 'react';
import type { Problem } from '@/lib/errors';
import { hasErrors } from '@/lib/errors';
import { cn } from './cn';
import { ProblemList } from './problem-list';

export type FieldControl = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };
type Props = {
  label: ReactNode;
  hint?: ReactNode;
  problems?: Problem[];
  optional?: boolean;
  className?: string;
  onFix?: (problem: Problem) => void;
  /** Given the attributes that tie the control to its label, hint and problems. */
  children: (control: FieldControl) => ReactNode;
};

export function Field({ label, hint, problems = [], optional = false, className, onFix, children }: Props) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : '', problems.length > 0 ? `${id}-problems` : ''].filter(Boolean).join(' ');
  return (
    <div className={cn('min-w-0', className)}>
      <label htmlFor={id} className="mb-1.5 flex items-baseline gap-2 font-medium">
        {label}
        {optional && <span className="text-sm font-normal text-muted">optional</span>}
      </label>
      {children({ id, 'aria-describedby': describedBy || undefined, 'aria-invalid': hasErrors(problems) || undefined })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
      <ProblemList id={`${id}-problems`} problems={problems} onFix={onFix} className="mt-1.5" />
    </div>
  );
}
