import { Ban, CircleCheck, CircleDashed, CircleX, Hourglass, LoaderCircle } from 'lucide-react';
import type { BuildState as State, StageState } from '@/lib/build/states';
import { TONE_CLASS } from '../ui/badge';
import { cn } from '../ui/cn';
import { StateBadge, type StateLook } from '../ui/state-badge';

export const BUILD_LOOKS: Record<State, StateLook> = {
  queued: { word: 'Queued', icon: Hourglass, tone: 'neutral' },
  running: { word: 'Building', icon: LoaderCircle, tone: 'info', spin: true },
  succeeded: { word: 'Built', icon: CircleCheck, tone: 'ok' },
  failed: { word: 'Failed', icon: CircleX, tone: 'danger' },
  cancelled: { word: 'Cancelled', icon: Ban, tone: 'neutral' },
};

const CANCELLING: StateLook = { word: 'Cancelling', icon: LoaderCircle, tone: 'warn', spin: true };

type Props = { state: State; cancelRequested?: boolean; size?: 'sm' | 'md' };

export const BuildState = ({ state, cancelRequested = false, size }: Props) => (
  <StateBadge look={cancelRequested && (state === 'queued' || state === 'running') ? CANCELLING : BUILD_LOOKS[state]} size={size} />
);

export const STAGE_LOOKS: Record<StageState, StateLook> = {
  waiting: { word: 'Waiting', icon: CircleDashed, tone: 'neutral' },
  running: { word: 'Running', icon: LoaderCircle, tone: 'info', spin: true },
  done: { word: 'Done', icon: CircleCheck, tone: 'ok' },
  failed: { word: 'Failed', icon: CircleX, tone: 'danger' },
  cancelled: { word: 'Cancelled', icon: Ban, tone: 'neutral' },
};

/** A stage's state as an icon whose name is the word. */
export function StageIcon({ state }: { state: StageState }) {
  const { icon: Icon, word, tone, spin } = STAGE_LOOKS[state];
  return <Icon role="img" aria-label={word} className={cn('size-4 shrink-0 border-0 bg-transparent', TONE_CLASS[tone].split(' ').at(-1), spin && 'animate-spin')} />;
}
