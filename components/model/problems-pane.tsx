'use client';

import { useMemo, useRef } from 'react';
import { CircleCheck, CircleX, Info, TriangleAlert, Wrench } from 'lucide-react';
import type { Problem, Severity } from '@/lib/errors';
import { describeChanges } from '@/lib/model/diff';
import { Button } from '../ui/button';
import { cn } from '../ui/cn';
import { goTo } from './at';
import { RemodelNote } from './changes-list';
import { useProblems } from './use-problems';
import { useWorkspace } from './workspace';

const GROUPS: Record<Severity, { title: string; icon: typeof Info; ink: string }> = {
  error: { title: 'Must fix', icon: CircleX, ink: 'text-danger' },
  warning: { title: 'Should fix', icon: TriangleAlert, ink: 'text-warn' },
  info: { title: 'Good to know', icon: Info, ink: 'text-info' },
};

/** All that is to be said about the draft, each with the way to it and, where a machine can do it, the fix. */
export function ProblemsPane({ readOnly }: { readOnly: boolean }) {
  const { problems } = useWorkspace();
  const { fix } = useProblems();
  const pane = useRef<HTMLElement>(null);
  const fixHere = (problem: Problem) => {
    fix(problem);
    // The button that was pressed goes with its problem.
    pane.current?.focus();
  };
  const count = (severity: Severity) => problems.filter((problem) => (problem.severity ?? 'error') === severity).length;
  const sound = problems.every((problem) => problem.severity === 'info');
  return (
    <section ref={pane} id="checks" tabIndex={-1} aria-label="Checks" className="scroll-mt-20 space-y-4 focus-visible:outline-none">
      <p role="status" className="sr-only">
        {count('error')} to fix before it can be saved, {count('warning')} that should be fixed.
      </p>
      {sound && (
        <p className="flex items-center gap-2 font-medium text-ok">
          <CircleCheck aria-hidden className="size-4" />
          Nothing to fix: it can be signed.
        </p>
      )}
      {(['error', 'warning', 'info'] as const).map((severity) => (
        <Group key={severity} severity={severity} problems={problems.filter((problem) => (problem.severity ?? 'error') === severity)} onFix={readOnly ? undefined : fixHere} />
      ))}
      <InTheField />
    </section>
  );
}

function Group({ severity, problems, onFix }: { severity: Severity; problems: Problem[]; onFix: ((problem: Problem) => void) | undefined }) {
  const { title, icon: Icon, ink } = GROUPS[severity];
  if (problems.length === 0) return null;
  return (
    <div>
      <h2 className={cn('flex items-center gap-1.5 font-semibold', ink)}>
        <Icon aria-hidden className="size-4" />
        {title}
        <span className="rounded-full bg-hover px-1.5 text-xs text-muted tabular">{problems.length}</span>
      </h2>
      <ul className="mt-1.5 divide-y divide-line border-y border-line text-sm">
        {problems.map((problem) => (
          <li key={`${problem.path} ${problem.code} ${problem.message}`} className="flex items-start gap-3 py-2">
            <button type="button" onClick={() => goTo(problem.path)} className="min-w-0 flex-1 rounded text-left wrap-anywhere hover:text-accent-ink" title={problem.path ? `Go to ${problem.path}` : undefined}>
              {problem.message}
            </button>
            {problem.fix && onFix && (
              <Button size="sm" onClick={() => onFix(problem)} aria-label={`Fix it: ${problem.fix.label}`}>
                <Wrench aria-hidden />
                {problem.fix.label}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the change would mean for devices that carry the newest signed revision. */
function InTheField() {
  const { detail, versions, draft } = useWorkspace();
  const signed = detail.signed && versions.find((version) => version.number === detail.signed!.version);
  const notes = useMemo(() => (signed ? describeChanges(signed.headers, draft).filter((change) => change.remodel) : []), [signed, draft]);
  if (!signed || notes.length === 0) return null;
  return (
    <div>
      <h2 className="font-semibold">Devices on revision {detail.signed!.revision}</h2>
      <ul className="mt-1.5 space-y-2 text-sm">
        {notes.map((change) => (
          <li key={`${change.path} ${change.sentence}`} className="wrap-anywhere">
            {change.sentence}
            <RemodelNote {...change.remodel!} />
          </li>
        ))}
      </ul>
    </div>
  );
}
