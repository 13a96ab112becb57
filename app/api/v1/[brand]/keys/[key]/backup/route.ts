import { backupKeyRequest } from '@/lib/api/keys';
import { backupKey } from '@/db/key-backup';
import { route } from '@/app/respond';

export const POST = route({ verb: 'key.backup', body: backupKeyRequest }, ({ ctx, params, body }) => backupKey(ctx, params.key, body));
