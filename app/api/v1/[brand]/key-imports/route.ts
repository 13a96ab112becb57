import { importKeyRequest } from '@/lib/api/keys';
import { importKey } from '@/db/key-import';
import { created, route } from '@/app/respond';

export const POST = route({ verb: 'key.create', body: importKeyRequest }, async ({ ctx, body }) => created(await importKey(ctx, body)));
