import { route } from '@/app/respond';
import { lookForKey } from '@/app/register-key';

export const POST = route({ verb: 'key.register' }, ({ ctx, params }) => lookForKey(ctx, params.key));
