import { getOverview } from '@/db/overview';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, ({ ctx }) => getOverview(ctx));
