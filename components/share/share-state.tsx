import { CircleCheck, CircleSlash, TimerOff } from 'lucide-react';
import type { ShareView } from '@/lib/api/shares';
import { StateBadge, type StateLook } from '../ui/state-badge';

const LOOKS: Record<ShareView['state'], StateLook> = {
  active: { word: 'Open', icon: CircleCheck, tone: 'ok' },
  expired: { word: 'Expired', icon: TimerOff, tone: 'neutral' },
  revoked: { word: 'Revoked', icon: CircleSlash, tone: 'danger' },
};

export const ShareState = ({ state }: { state: ShareView['state'] }) => <StateBadge look={LOOKS[state]} />;
