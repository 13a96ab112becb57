import { z } from 'zod';
import { readLog } from '@/db/builds';
import { route, whole } from '@/app/respond';

const query = z.object({ after: z.coerce.number().int().nonnegative().default(0) });

export const GET = route({ verb: 'brand.read', query }, async ({ ctx, params, query }) => ({ items: await readLog(ctx, whole(params.build), query.after) }));
