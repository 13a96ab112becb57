import { enrolExternalRequest } from '@/lib/api/keys';
import { enrolExternalKey } from '@/db/key-enrolment';
import { created, route } from '@/app/respond';

export const POST = route({ verb: 'key.create', body: enrolExternalRequest }, async ({ ctx, body }) => created(await enrolExternalKey(ctx, body)));
