import { z } from 'zod';
import { getSignedModel } from '@/db/signatures';
import { route, whole } from '@/app/respond';

const query = z.object({ chain: z.string().optional() });

/** The assertion itself; with `?chain=1` the stream of account, account-key and model that verifies on its own. */
export const GET = route({ verb: 'brand.read', query }, async ({ ctx, params, query }) => {
  const revision = whole(params.revision);
  const signed = await getSignedModel(ctx, params.model, revision);
  const withChain = query.chain !== undefined;
  return new Response(withChain ? signed.chain : signed.text, {
    headers: {
      'content-type': 'application/x.ubuntu.assertion',
      'content-disposition': `attachment; filename="${params.model}-r${revision}${withChain ? '-chain.assert' : '.model'}"`,
    },
  });
});
