import { createKeyRequest } from '@/lib/api/keys';
import { createKey, listKeys } from '@/db/keys';
import { created, route } from '@/app/respond';
import { registerKey } from '@/app/register-key';

export const GET = route({ verb: 'brand.read' }, async ({ ctx }) => ({ items: await listKeys(ctx) }));

export const POST = route({ verb: 'key.create', body: createKeyRequest }, async ({ ctx, body }) => {
  const key = await createKey(ctx, { name: body.name });
  // The key is kept whatever the store says; a refusal stands on its row and can be tried again.
  return created(body.register ? await registerKey(ctx, key.name) : key);
});
