import { listQuery } from '@/lib/api/common';
import { newModelRequest } from '@/lib/api/models';
import { draftFromTemplate } from '@/lib/model/templates';
import { createModel, listModels } from '@/db/models';
import { created, route } from '@/app/respond';

export const GET = route({ verb: 'brand.read', query: listQuery }, ({ ctx, query }) => listModels(ctx, query));

export const POST = route({ verb: 'model.edit', body: newModelRequest }, async ({ ctx, body }) => {
  if ('headers' in body) return created(await createModel(ctx, body));
  const headers = draftFromTemplate(body.template, { name: body.name, displayName: body.displayName, grade: body.grade });
  return created(await createModel(ctx, { name: body.name, headers, note: '' }));
});
