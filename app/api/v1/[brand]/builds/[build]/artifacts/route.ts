import { deleteArtifacts } from '@/db/builds';
import { route, whole } from '@/app/respond';

export const DELETE = route({ verb: 'artifact.delete' }, ({ ctx, params }) => deleteArtifacts(ctx, whole(params.build)));
