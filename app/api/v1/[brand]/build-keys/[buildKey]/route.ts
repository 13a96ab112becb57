import { MEDIA_TYPES } from '@/lib/api/builds';
import { getBuildKey } from '@/db/build-keys';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => {
  const { keyId, publicKey } = await getBuildKey(ctx, params.buildKey);
  return new Response(publicKey, { headers: { 'content-type': MEDIA_TYPES['build-key'], 'content-disposition': `attachment; filename="${ctx.brand.slug}-${keyId.slice(0, 12)}.build-key.pem"` } });
});
