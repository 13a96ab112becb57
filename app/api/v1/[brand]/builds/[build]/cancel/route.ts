import { cancelBuild } from '@/db/builds';
import { route, whole } from '@/app/respond';

export const POST = route({ verb: 'build.cancel' }, ({ ctx, params }) => cancelBuild(ctx, whole(params.build)));
