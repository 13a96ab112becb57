import { logQuery } from '@/lib/api/builds';
import { readLog } from '@/db/builds';
import { route, whole } from '@/app/respond';

export const GET = route({ verb: 'brand.read', query: logQuery }, async ({ ctx, params, query: { after } }) => ({
  items: await readLog(ctx, whole(params.build), after),
}));
