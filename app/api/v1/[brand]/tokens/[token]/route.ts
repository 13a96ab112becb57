import { revokeToken } from '@/db/tokens';
import { route } from '@/app/respond';

export const DELETE = route({ verb: 'token.revoke' }, ({ ctx, params }) => revokeToken(ctx, params.token));
