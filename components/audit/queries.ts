import { infiniteQueryOptions } from '@tanstack/react-query';
import type { Page } from '@/lib/api/common';
import type { AuditRow } from '@/lib/api/people';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export type AuditFilter = { q: string; action: string };

export const AUDIT_PER_PAGE = 50;
export const auditKey = (brand: string, filter: AuditFilter) => ['audit', brand, filter] as const;

export const auditQuery = (brand: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: auditKey(brand, filter),
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ limit: String(AUDIT_PER_PAGE) });
      if (filter.q) search.set('q', filter.q);
      if (filter.action) search.set('action', filter.action);
      if (pageParam) search.set('after', pageParam);
      return request<Page<AuditRow>>(`${api.audit(brand)}?${search}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
