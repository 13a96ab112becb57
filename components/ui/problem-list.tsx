import { CircleX, Info, TriangleAlert } from 'lucide-react';
import type { Problem, Severity } from '@/lib/errors';
import { cn } from './cn';

const LOOK: Record<Severity, { icon: typeof Info; text: string; word: string }> = {
  error: { icon: CircleX, text: 'text-danger', word: 'Must fix' },
  warning: { icon: TriangleAlert, text: 'text-warn', word: 'Should fix' },
  info: { icon: Info, text: 'text-info', word: 'Good to know' },
};

type Props = { problems: Problem[]; id?: string; className?: string; onFix?: (problem: Problem) => void };

/** Sentences beside what they are about, each with its *Fix it* when a machine can do it. */
export function ProblemList({ problems, id, className, onFix }: Props) {
  if (problems.length === 0) return null;
  return (
    <ul id={id} className={cn('space-y-1', className)}>
      {problems.map((problem) => {
        const { icon: Icon, text, word } = LOOK[problem.severity ?? 'error'];
        return (
          <li key={`${problem.path} ${problem.code} ${problem.message}`} className={cn('flex items-start gap-1.5 text-sm', text)}>
            <Icon aria-label={word} role="img" className="mt-[3px] size-3.5 shrink-0" />
            <span className="min-w-0">
              {problem.message}
              {problem.fix && onFix && (
                <button type="button" onClick={() => onFix(problem)} className="ml-1.5 font-medium underline underline-offset-2">
                  {problem.fix.label}
                </button>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
