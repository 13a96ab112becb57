import { buildRequest, buildsQuery } from '@/lib/api/builds';
import { listBuilds, requestBuild } from '@/db/builds';
import { created, route } from '@/app/respond';
import { assertRoomForBuild } from '@/app/disk-room';

export const GET = route({ verb: 'brand.read', query: buildsQuery }, ({ ctx, query }) => listBuilds(ctx, query));

export const POST = route({ verb: 'build.request', body: buildRequest }, async ({ ctx, body }) => {
  await assertRoomForBuild();
  return created(await requestBuild(ctx, body));
});
