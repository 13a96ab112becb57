import type { StageView } from '@/lib/api/builds';
import { STAGE_WORDS } from '@/lib/build/states';
import { cn } from '../ui/cn';
import { formatBytes } from '../ui/format';
import { Progress } from '../ui/progress';
import { Elapsed } from '../ui/time';
import { StageIcon } from './build-state';

/** The way of a build, a row for each stage: what it did, how many bytes, how long. */
export function StageList({ stages }: { stages: StageView[] }) {
  return (
    <ol className="divide-y divide-line border-y border-line">
      {stages.map((stage) => (
        <StageRow key={stage.name} stage={stage} />
      ))}
    </ol>
  );
}

function StageRow({ stage }: { stage: StageView }) {
  const running = stage.state === 'running';
  // Also what was cancelled before it began.
  const waits = stage.startedAt === null;
  return (
    <li className={cn('relative grid grid-cols-[1rem_1fr_auto] items-start gap-x-3 px-2 py-2.5 sm:grid-cols-[1rem_9rem_1fr_auto]', waits && 'text-muted')} aria-current={running ? 'step' : undefined}>
      <span className="pt-0.5">
        <StageIcon state={stage.state} />
      </span>
      <span className={cn(!waits && 'font-medium')}>{STAGE_WORDS[stage.name]}</span>
      <span className="min-w-0 text-sm leading-5 wrap-anywhere text-muted empty:hidden max-sm:order-last max-sm:col-span-2 max-sm:col-start-2">{stage.sentence}</span>
      <span className="text-right text-sm leading-5 whitespace-nowrap text-muted tabular sm:col-start-4">
        <Bytes stage={stage} />
        {stage.startedAt && !waits && <Elapsed from={stage.startedAt} to={running ? null : (stage.finishedAt ?? stage.startedAt)} className="ml-3 inline-block min-w-12 text-ink" />}
      </span>
      {running && <Progress value={stage.bytesTotal ? stage.bytesDone / stage.bytesTotal : undefined} tone="info" label={`${STAGE_WORDS[stage.name]}: progress`} className="absolute inset-x-0 -bottom-px h-0.5 rounded-none" />}
    </li>
  );
}

function Bytes({ stage }: { stage: StageView }) {
  if (stage.state === 'running' && stage.bytesTotal) {
    return (
      <span>
        {formatBytes(stage.bytesDone)} of {formatBytes(stage.bytesTotal)}
      </span>
    );
  }
  return stage.bytesDone > 0 ? <span>{formatBytes(stage.bytesDone)}</span> : null;
}
