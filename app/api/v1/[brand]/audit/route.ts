import { auditQuery } from '@/lib/api/people';
import { listAudit } from '@/db/audit';
import { route } from '@/app/respond';

export const GET = route({ verb: 'audit.read', query: auditQuery }, ({ ctx, query }) => listAudit(ctx, query));
