import { route } from '@/app/respond';
import { registerKey } from '@/app/register-key';

export const POST = route({ verb: 'key.register' }, ({ ctx, params }) => registerKey(ctx, params.key));
