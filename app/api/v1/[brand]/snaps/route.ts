import { snapQuery } from '@/lib/api/snaps';
import { route } from '@/app/respond';
import { snapStore } from '@/lib/snapstore/from-env';

export const GET = route({ verb: 'brand.read', query: snapQuery }, async ({ query, request }) => ({
  items: await snapStore().find({ q: query.q, type: query.type }, { architecture: query.architecture, signal: request.signal }),
}));
