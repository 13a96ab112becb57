import { getTeam } from '@/db/people';
import { route } from '@/app/respond';

export const GET = route({ verb: 'team.read' }, ({ ctx }) => getTeam(ctx));
