import type { StageView } from '@/lib/api/builds';
import { STAGE_WORDS, type StageState } from '@/lib/build/states';
import { cn } from '../ui/cn';

const FILL: Record<StageState, string> = {
  waiting: 'bg-pressed',
  running: 'bg-info animate-pulse',
  done: 'bg-ok',
  failed: 'bg-danger',
  cancelled: 'bg-line-strong',
};

/** `4 of 9 stages done, Fetch snaps running`. */
export function sayStages(stages: StageView[]): string {
  const done = stages.filter((stage) => stage.state === 'done').length;
  const now = stages.find((stage) => stage.state === 'running' || stage.state === 'failed' || stage.state === 'cancelled');
  return `${done} of ${stages.length} stages done${now ? `, ${STAGE_WORDS[now.name]} ${now.state}` : ''}`;
}

/** The whole build in a line: a segment for each stage. */
export function StageBar({ stages, className }: { stages: StageView[]; className?: string }) {
  return (
    <span role="img" aria-label={sayStages(stages)} title={sayStages(stages)} className={cn('flex h-1.5 gap-0.5', className)}>
      {stages.map((stage) => (
        <span key={stage.name} className={cn('h-full flex-1 rounded-sm', FILL[stage.state])} />
      ))}
    </span>
  );
}
