import { formatTime } from '@/lib/assertion/scalars';
import { draftToHeaders } from '@/lib/model/draft';
import { exportJson, modelFileName } from '@/lib/model/export';
import { getModel, getVersion } from '@/db/models';
import { route, whole } from '@/app/respond';

/** A version as `snap sign` takes it, with the next revision and the time of now. */
export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => {
  const [version, model] = await Promise.all([getVersion(ctx, params.model, whole(params.version)), getModel(ctx, params.model)]);
  const revision = model.nextRevision;
  const headers = draftToHeaders(version.headers, { brandId: ctx.brand.accountId, revision, timestamp: formatTime(new Date()) });
  const name = modelFileName(params.model, revision, 'json');
  return new Response(exportJson(headers), { headers: { 'content-type': 'application/json', 'content-disposition': `attachment; filename="${name}"` } });
});
