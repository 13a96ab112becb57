import { askSignatureRequest } from '@/lib/api/models';
import { listSigningRequests, requestSignature } from '@/db/signing-requests';
import { created, route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => ({ items: await listSigningRequests(ctx, params.model) }));

export const POST = route({ verb: 'model.sign', body: askSignatureRequest }, async ({ ctx, params, body }) => created(await requestSignature(ctx, params.model, body)));
