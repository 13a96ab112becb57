import { getKeyRequest } from '@/db/key-registration';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => {
  const text = await getKeyRequest(ctx, params.key);
  return new Response(text, { headers: { 'content-type': 'application/x.ubuntu.assertion', 'content-disposition': `attachment; filename="${params.key}.account-key-request"` } });
});
