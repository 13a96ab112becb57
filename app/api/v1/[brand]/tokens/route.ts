import { createTokenRequest } from '@/lib/api/tokens';
import { createToken, listTokens } from '@/db/tokens';
import { created, route } from '@/app/respond';

export const GET = route({ verb: 'token.create' }, async ({ ctx }) => ({ items: await listTokens(ctx) }));

export const POST = route({ verb: 'token.create', body: createTokenRequest }, async ({ ctx, body }) => created(await createToken(ctx, body)));
