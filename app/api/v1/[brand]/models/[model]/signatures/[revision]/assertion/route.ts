import { assertionQuery } from '@/lib/api/models';
import { getSignedModel } from '@/db/signatures';
import { modelFileName } from '@/lib/model/export';
import { route, whole } from '@/app/respond';

/** The assertion itself; with `?chain=1` the stream that `snap sign --chain` gives, which verifies on its own: the model, its account-key, its account. */
export const GET = route({ verb: 'brand.read', query: assertionQuery }, async ({ ctx, params, query }) => {
  const revision = whole(params.revision);
  const { text, chain } = await getSignedModel(ctx, params.model, revision);
  const withChain = query.chain === '1';
  return new Response(withChain ? `${text}\n${chain}` : text, {
    headers: {
      'content-type': 'application/x.ubuntu.assertion',
      'content-disposition': `attachment; filename="${modelFileName(params.model, revision, withChain ? 'chain' : 'model')}"`,
    },
  });
});
