import { keySignaturesQuery } from '@/lib/api/keys';
import { listKeySignatures } from '@/db/key-signatures';
import { route } from '@/app/respond';

export const GET = route({ verb: 'brand.read', query: keySignaturesQuery }, ({ ctx, params, query }) => listKeySignatures(ctx, params.key, query));
