import { keyUseQuery } from '@/lib/api/keys';
import { listKeyUses } from '@/db/key-uses';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read', query: keyUseQuery }, ({ ctx, params, query }) => listKeyUses(ctx, params.key, query));
