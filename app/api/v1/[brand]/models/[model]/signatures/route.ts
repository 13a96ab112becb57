import { signRequest } from '@/lib/api/models';
import { getModel } from '@/db/models';
import { signModel } from '@/db/signatures';
import { created, route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => ({ items: (await getModel(ctx, params.model)).signatures }));

export const POST = route({ verb: 'model.sign', body: signRequest }, async ({ ctx, params, body }) => created(await signModel(ctx, params.model, body)));
