import { setRetentionRequest } from '@/lib/api/retention';
import { getRetention, setRetention } from '@/db/retention';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, ({ ctx }) => getRetention(ctx));

export const POST = route({ verb: 'retention.set', body: setRetentionRequest }, ({ ctx, body }) => setRetention(ctx, body.keepImagesDays));
