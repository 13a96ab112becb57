import { queryOptions } from '@tanstack/react-query';
import type { Overview } from '@/lib/api/people';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export const overviewKey = (brand: string) => ['overview', brand] as const;

/** The list ticks itself, also for what a colleague does. */
const LOOK_AGAIN_MS = 5_000;

export const isComplete = ({ checklist }: Overview): boolean => Object.values(checklist).every(Boolean);

export const overviewQuery = (brand: string) =>
  queryOptions({
    queryKey: overviewKey(brand),
    queryFn: ({ signal }) => request<Overview>(api.overview(brand), { signal }),
    refetchInterval: (query) => (query.state.data && !isComplete(query.state.data) ? LOOK_AGAIN_MS : false),
  });
