import { AppError } from '@/lib/errors';
import { snapInfoQuery } from '@/lib/api/snaps';
import { route } from '@/app/respond';
import { snapStore } from '@/lib/snapstore/from-env';

export const GET = route({ verb: 'brand.read', query: snapInfoQuery }, async ({ params, query, request }) => {
  const snap = await snapStore().info(params.snap, { architecture: query.architecture, signal: request.signal });
  if (!snap) throw new AppError('not-found', `The store has no snap named ${params.snap} for ${query.architecture}.`);
  return snap;
});
