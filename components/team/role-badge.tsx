import { ROLE_WORDS, type Role } from '@/lib/access';
import { Badge, type Tone } from '../ui/badge';

const TONES: Record<Role, Tone> = { owner: 'accent', signer: 'info', editor: 'neutral', builder: 'neutral', viewer: 'neutral', auditor: 'neutral' };

export const RoleBadge = ({ role }: { role: Role }) => (
  <Badge tone={TONES[role]} title={ROLE_WORDS[role]}>
    {role}
  </Badge>
);
