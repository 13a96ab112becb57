import { z } from 'zod';
import { listQuery } from '@/lib/api/common';
import { listAudit } from '@/db/audit';
import { route } from '@/app/respond';

const query = listQuery.extend({ action: z.string().max(60).optional(), actor: z.string().max(200).optional() });

export const GET = route({ verb: 'audit.read', query }, ({ ctx, query }) => listAudit(ctx, query));
