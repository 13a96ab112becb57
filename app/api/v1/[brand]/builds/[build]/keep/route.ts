import { keepImagesRequest } from '@/lib/api/retention';
import { keepImages } from '@/db/retention';
import { route, whole } from '@/app/respond';

export const POST = route({ verb: 'artifact.keep', body: keepImagesRequest }, ({ ctx, params, body }) => keepImages(ctx, whole(params.build), body));
