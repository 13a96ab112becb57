import { saveVersionRequest } from '@/lib/api/models';
import { listVersions, saveVersion } from '@/db/models';
import { created, route } from '@/app/respond';

export const GET = route({ verb: 'brand.read' }, async ({ ctx, params }) => ({ items: await listVersions(ctx, params.model) }));

export const POST = route({ verb: 'model.edit', body: saveVersionRequest }, async ({ ctx, params, body }) => created(await saveVersion(ctx, params.model, body)));
