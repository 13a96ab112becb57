'use client';

import type { ReactNode } from 'react';
import { isAppError, type Problem } from '@/lib/errors';
import { cn } from './cn';
import { messageOf } from './error-message';
import { Notice } from './notice';
import { ProblemList } from './problem-list';

type Props = {
  /** While true nothing is sent twice. */
  pending: boolean;
  /** What the last attempt ended with; null or undefined when it has not failed. */
  error: unknown;
  onSubmit: () => void;
  children: ReactNode;
  /** The buttons at the foot; the one that sends has `type="submit"`. */
  actions: ReactNode;
  /** Paths of problems that a field of this form shows itself. */
  fields?: string[];
  className?: string;
};

/** Problems of a refusal that stand at `path`. */
export const problemsAt = (error: unknown, path: string): Problem[] => (isAppError(error) ? error.problems.filter((p) => p.path === path) : []);

/** Every form of the console: it cannot be written without saying when it is busy and what went wrong. */
export function FormShell({ pending, error, onSubmit, children, actions, fields = [], className }: Props) {
  const others = isAppError(error) ? error.problems.filter((p) => !fields.includes(p.path)) : [];
  const isSaidBeside = others.length === 0 && fields.some((field) => problemsAt(error, field).some((p) => p.message === messageOf(error)));
  return (
    <form
      noValidate
      aria-busy={pending || undefined}
      className={cn('max-w-160 space-y-5', className)}
      onSubmit={(event) => {
        event.preventDefault();
        // A dialog's form sits inside a page's form in React's tree, though not in the document.
        event.stopPropagation();
        if (!pending) onSubmit();
      }}
    >
      {error != null && isSaidBeside && (
        // Seen beside its field; heard at once.
        <p role="alert" className="sr-only">
          {messageOf(error)}
        </p>
      )}
      {error != null && !isSaidBeside && (
        <Notice tone="danger" role="alert">
          {messageOf(error)}
          <ProblemList problems={others} className="mt-2" />
        </Notice>
      )}
      {children}
      <div className="flex flex-wrap items-center gap-2">{actions}</div>
    </form>
  );
}
