import { z } from 'zod';
import { buildRequest } from '@/lib/api/builds';
import { listQuery } from '@/lib/api/common';
import { BUILD_STATES } from '@/lib/build/states';
import { listBuilds, requestBuild } from '@/db/builds';
import { created, route } from '@/app/respond';
import { assertRoomForBuild } from '@/app/disk-room';

const query = listQuery.extend({ model: z.string().max(128).optional(), state: z.enum(BUILD_STATES).optional() });

export const GET = route({ verb: 'brand.read', query }, ({ ctx, query }) => listBuilds(ctx, query));

export const POST = route({ verb: 'build.request', body: buildRequest }, async ({ ctx, body }) => {
  await assertRoomForBuild();
  return created(await requestBuild(ctx, body));
});
