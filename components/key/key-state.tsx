import { Archive, BadgeCheck, CalendarClock, CalendarX, CircleDashed, Hourglass } from 'lucide-react';
import type { KeyState as State } from '@/lib/api/keys';
import { StateBadge, type StateLook } from '../ui/state-badge';

const LOOKS: Record<State, StateLook> = {
  draft: { word: 'Not registered', icon: CircleDashed, tone: 'warn' },
  registering: { word: 'Registering', icon: Hourglass, tone: 'info' },
  registered: { word: 'Registered', icon: BadgeCheck, tone: 'ok' },
  expiring: { word: 'Expiring', icon: CalendarClock, tone: 'warn' },
  expired: { word: 'Expired', icon: CalendarX, tone: 'danger' },
  retired: { word: 'Retired', icon: Archive, tone: 'neutral' },
};

export const KeyState = ({ state, size }: { state: State; size?: 'sm' | 'md' }) => <StateBadge look={LOOKS[state]} size={size} />;
