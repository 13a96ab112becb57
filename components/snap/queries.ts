import { queryOptions } from '@tanstack/react-query';
import type { SnapView } from '@/lib/api/snaps';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export type SnapSearch = { q: string; architecture: string; type: string | null };

/** The store's answers change seldom while somebody looks. */
const FRESH_MS = 60_000;

export const snapsQuery = (brand: string, { q, architecture, type }: SnapSearch) =>
  queryOptions({
    queryKey: ['snaps', brand, q, architecture, type] as const,
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ q, architecture, ...(type ? { type } : {}) });
      return (await request<{ items: SnapView[] }>(`${api.snaps(brand)}?${search}`, { signal })).items;
    },
    staleTime: FRESH_MS,
  });

export const snapQuery = (brand: string, name: string, architecture: string) =>
  queryOptions({
    queryKey: ['snap', brand, name, architecture] as const,
    queryFn: ({ signal }) => request<SnapView>(`${api.snap(brand, name)}?${new URLSearchParams({ architecture })}`, { signal }),
    staleTime: FRESH_MS,
  });
