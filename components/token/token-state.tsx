import { CalendarX, CircleCheck, CircleSlash, Moon, UserX } from 'lucide-react';
import { TOKEN_REST_DAYS, type TokenState as State } from '@/lib/api/tokens';
import { StateBadge, type StateLook } from '../ui/state-badge';

const LOOKS: Record<State, StateLook> = {
  active: { word: 'Works', icon: CircleCheck, tone: 'ok' },
  asleep: { word: 'Asleep', icon: Moon, tone: 'warn' },
  orphaned: { word: 'Without its person', icon: UserX, tone: 'warn' },
  expired: { word: 'Expired', icon: CalendarX, tone: 'neutral' },
  revoked: { word: 'Revoked', icon: CircleSlash, tone: 'danger' },
};

/** Why a token that is neither revoked nor expired does not work; undefined where the word says it all. */
export const WHY_NOT: Partial<Record<State, string>> = {
  asleep: `Its person has not been here for ${TOKEN_REST_DAYS} days. It works again when they sign in.`,
  orphaned: 'Its person is no longer in the brand. It works again if they come back.',
};

export const TokenState = ({ state }: { state: State }) => <StateBadge look={LOOKS[state]} />;
