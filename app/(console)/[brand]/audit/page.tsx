import type { Metadata } from 'next';
import { AuditView } from '@/components/audit/audit-view';
import { auditKey, AUDIT_PER_PAGE } from '@/components/audit/queries';
import { Forbidden } from '@/components/brand/forbidden';
import { firstPage, Hydrate } from '@/components/hydrate';
import { listAudit } from '@/db/audit';
import { can } from '@/lib/access';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Audit' };

type Props = { params: Promise<{ brand: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

const text = (value: string | string[] | undefined): string => (typeof value === 'string' ? value.slice(0, 200).trim() : '');

export default async function AuditPage({ params, searchParams }: Props) {
  const ctx = await brandContext((await params).brand);
  if (!can(ctx.role, 'audit.read')) return <Forbidden title="Audit" brand={ctx.brand.slug} role={ctx.role} verb="audit.read" />;
  const query = await searchParams;
  const filter = { q: text(query.q), action: text(query.action) };
  const page = await listAudit(ctx, { q: filter.q || undefined, action: filter.action || undefined, limit: AUDIT_PER_PAGE });
  return (
    <Hydrate loaded={[[auditKey(ctx.brand.slug, filter), firstPage(page)]]}>
      <AuditView />
    </Hydrate>
  );
}
