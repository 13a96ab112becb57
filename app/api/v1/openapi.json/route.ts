import { openApiDocument } from '@/lib/api/openapi';
import { env } from '@/lib/env';
import { openRoute } from '@/app/respond';

export const dynamic = 'force-dynamic';

export const GET = openRoute({}, () => openApiDocument(env().IMPRINT_URL));
