import { drillRequest } from '@/lib/api/keys';
import { drillKey } from '@/db/key-backup';
import { route } from '@/app/respond';

export const POST = route({ verb: 'key.backup', body: drillRequest }, ({ ctx, params, body }) => drillKey(ctx, params.key, body));
