import { getKey, retireKey } from '@/db/keys';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, ({ ctx, params }) => getKey(ctx, params.key));

export const DELETE = route({ verb: 'key.retire' }, ({ ctx, params }) => retireKey(ctx, params.key));
