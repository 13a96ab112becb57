import { listSigners } from '@/db/key-enrolment';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx }) => ({ items: await listSigners(ctx) }));
