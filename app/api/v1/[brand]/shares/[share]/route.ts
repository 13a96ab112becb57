import { revokeShare } from '@/db/shares';
import { route } from '@/app/respond';

export const DELETE = route({ verb: 'share.revoke' }, ({ ctx, params }) => revokeShare(ctx, params.share));
