import { getVersion } from '@/db/models';
import { route, whole } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, ({ ctx, params }) => getVersion(ctx, params.model, whole(params.version)));
