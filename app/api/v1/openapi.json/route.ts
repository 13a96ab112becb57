import { openApiDocument } from '@/lib/api/openapi';
import { env } from '@/lib/env';

export const dynamic = 'force-dynamic';

export const GET = () => Response.json(openApiDocument(env().IMPRINT_URL));
