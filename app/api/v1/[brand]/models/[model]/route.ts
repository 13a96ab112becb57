import { getModel } from '@/db/models';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, ({ ctx, params }) => getModel(ctx, params.model));
