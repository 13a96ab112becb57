import { listBuildKeys, replaceBuildKey } from '@/db/build-keys';
import { created, route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx }) => ({ items: await listBuildKeys(ctx) }));

export const POST = route({ verb: 'key.create' }, async ({ ctx }) => created(await replaceBuildKey(ctx)));
