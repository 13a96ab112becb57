import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { BuildSummary, BuildView } from '@/lib/api/builds';
import type { Page } from '@/lib/api/common';
import type { RetentionView } from '@/lib/api/retention';
import { BUILD_ALLOWS, type BuildState } from '@/lib/build/states';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export type BuildFilter = { q: string; state: BuildState | null; model: string };
export const EVERY_BUILD: BuildFilter = { q: '', state: null, model: '' };

/** All lists of a brand's builds begin with this. */
export const buildListsKey = (brand: string) => ['builds', brand] as const;
export const buildsKey = (brand: string, filter: BuildFilter, limit: number) => [...buildListsKey(brand), filter, limit] as const;
export const buildKey = (brand: string, number: number) => ['build', brand, number] as const;

/** How often a list looks again while something in it goes on. */
const MOVING_MS = 2_000;
const moves = (build: BuildSummary): boolean => !BUILD_ALLOWS[build.state].final;

export const BUILDS_PER_PAGE = 50;

export const buildsQuery = (brand: string, filter: BuildFilter, limit = BUILDS_PER_PAGE) =>
  infiniteQueryOptions({
    queryKey: buildsKey(brand, filter, limit),
    queryFn: ({ pageParam, signal }) => request<Page<BuildSummary>>(`${api.builds(brand)}?${search(filter, limit, pageParam)}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some(moves)) ? MOVING_MS : false),
  });

function search({ q, state, model }: BuildFilter, limit: number, after: string | null): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit) });
  if (q) query.set('q', q);
  if (state) query.set('state', state);
  if (model) query.set('model', model);
  if (after) query.set('after', after);
  return query;
}

export const buildQuery = (brand: string, number: number) =>
  queryOptions({
    queryKey: buildKey(brand, number),
    queryFn: ({ signal }) => request<BuildView>(api.build(brand, number), { signal }),
  });

export const retentionKey = (brand: string) => ['retention', brand] as const;

export const retentionQuery = (brand: string) =>
  queryOptions({
    queryKey: retentionKey(brand),
    queryFn: ({ signal }) => request<RetentionView>(api.retention(brand), { signal }),
  });
