import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { BuildSummary } from '@/lib/api/builds';
import type { Page } from '@/lib/api/common';
import type { ModelDetail, ModelSummary, ModelVersion, SigningRequestView } from '@/lib/api/models';
import type { SnapView } from '@/lib/api/snaps';
import { isAppError } from '@/lib/errors';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export const modelsKey = (brand: string, q = '') => ['models', brand, 'list', q] as const;
export const modelKey = (brand: string, name: string) => ['models', brand, 'model', name] as const;
export const versionsKey = (brand: string, name: string) => ['models', brand, 'versions', name] as const;
export const signingRequestsKey = (brand: string, name: string) => ['models', brand, 'signing-requests', name] as const;
export const modelBuildsKey = (brand: string, name: string) => ['builds', brand, 'model', name] as const;

const address = (url: string, query: Record<string, string | null>): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length > 0 ? `${url}?${new URLSearchParams(given).toString()}` : url;
};

export const modelsQuery = (brand: string, q: string) =>
  infiniteQueryOptions({
    queryKey: modelsKey(brand, q),
    queryFn: ({ pageParam, signal }) => request<Page<ModelSummary>>(address(api.models(brand), { q, after: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const modelQuery = (brand: string, name: string) =>
  queryOptions({ queryKey: modelKey(brand, name), queryFn: ({ signal }) => request<ModelDetail>(api.model(brand, name), { signal }) });

/** Newest first. */
export const versionsQuery = (brand: string, name: string) =>
  queryOptions({ queryKey: versionsKey(brand, name), queryFn: async ({ signal }) => (await request<{ items: ModelVersion[] }>(api.versions(brand, name), { signal })).items });

const MOVING_MS = 3_000;

export const modelBuildsQuery = (brand: string, name: string) =>
  infiniteQueryOptions({
    queryKey: modelBuildsKey(brand, name),
    queryFn: ({ pageParam, signal }) => request<Page<BuildSummary>>(address(api.builds(brand), { model: name, after: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some((build) => build.state === 'queued' || build.state === 'running')) ? MOVING_MS : false),
  });

const STORE_STALE_MS = 5 * 60_000;

/** What the store has of a snap for an architecture; null when it has none. */
export const snapQuery = (brand: string, snap: string, architecture: string) =>
  queryOptions({
    queryKey: ['snaps', brand, 'snap', snap, architecture] as const,
    queryFn: async ({ signal }): Promise<SnapView | null> => {
      try {
        return await request<SnapView>(address(api.snap(brand, snap), { architecture }), { signal });
      } catch (error) {
        if (isAppError(error) && error.code === 'not-found') return null;
        throw error;
      }
    },
    staleTime: STORE_STALE_MS,
  });

export const snapSearchQuery = (brand: string, q: string, architecture: string) =>
  queryOptions({
    queryKey: ['snaps', brand, 'search', q, architecture] as const,
    queryFn: async ({ signal }) => (await request<{ items: SnapView[] }>(address(api.snaps(brand), { q, architecture }), { signal })).items,
    staleTime: STORE_STALE_MS,
    placeholderData: keepPreviousData,
  });

/** Open ones, newest first. */
export const signingRequestsQuery = (brand: string, name: string) =>
  queryOptions({ queryKey: signingRequestsKey(brand, name), queryFn: async ({ signal }) => (await request<{ items: SigningRequestView[] }>(api.signingRequests(brand, name), { signal })).items });
