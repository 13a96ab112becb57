import { planRotationRequest } from '@/lib/api/keys';
import { getRotation, planRotation } from '@/db/key-rotation';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, ({ ctx, params }) => getRotation(ctx, params.key));

export const POST = route({ verb: 'key.retire', body: planRotationRequest }, ({ ctx, params, body }) => planRotation(ctx, params.key, body.successor));
