import { enrolOfflineRequest } from '@/lib/api/keys';
import { enrolOfflineKey } from '@/db/key-enrolment';
import { created, route } from '@/app/respond';

export const POST = route({ verb: 'key.create', body: enrolOfflineRequest }, async ({ ctx, body }) => created(await enrolOfflineKey(ctx, body.request)));
