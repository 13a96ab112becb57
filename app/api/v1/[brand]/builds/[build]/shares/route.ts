import { createShareRequest } from '@/lib/api/shares';
import { createShare, listShares } from '@/db/shares';
import { env } from '@/lib/env';
import { paths } from '@/lib/paths';
import { created, route, whole } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => ({ items: await listShares(ctx, whole(params.build)) }));

export const POST = route({ verb: 'share.create', body: createShareRequest }, async ({ ctx, params, body }) => {
  const { share, token } = await createShare(ctx, whole(params.build), body);
  return created({ share, url: new URL(paths.share(share.id, token), env().IMPRINT_URL).href });
});
