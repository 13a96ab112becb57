import { getBuild } from '@/db/builds';
import { route, whole } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, ({ ctx, params }) => getBuild(ctx, whole(params.build)));
