import { digestRequest } from '@/lib/api/tokens';
import { signDigest } from '@/db/digests';
import { route } from '@/app/respond';

/** For key managers of snapd's protocol: a digest made elsewhere, signed with a key of the brand. */
export const POST = route({ verb: 'model.sign', body: digestRequest }, ({ ctx, params, body }) => signDigest(ctx, params.key, body.digest));
