import { answerSignatureRequest } from '@/lib/api/models';
import { modelFileName } from '@/lib/model/export';
import { answerSigningRequest, cancelSigningRequest, getSigningRequest } from '@/db/signing-requests';
import { created, route } from '@/app/respond';

/** The JSON that is to be signed, as a file. */
export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => {
  const { json, revision } = await getSigningRequest(ctx, params.model, params.asked);
  return new Response(json, { headers: { 'content-type': 'application/json', 'content-disposition': `attachment; filename="${modelFileName(params.model, revision, 'json')}"` } });
});

/** What `snap sign` printed. */
export const POST = route({ verb: 'model.sign', body: answerSignatureRequest }, async ({ ctx, params, body }) => created(await answerSigningRequest(ctx, params.model, params.asked, body.text)));

export const DELETE = route({ verb: 'model.sign' }, ({ ctx, params }) => cancelSigningRequest(ctx, params.model, params.asked));
