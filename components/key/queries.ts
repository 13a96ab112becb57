import { queryOptions } from '@tanstack/react-query';
import type { KeyView } from '@/lib/api/keys';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export const keysKey = (brand: string) => ['keys', brand] as const;
export const keyKey = (brand: string, name: string) => ['keys', brand, name] as const;

const WAITING_MS = 3_000;

export const keysQuery = (brand: string) =>
  queryOptions({
    queryKey: keysKey(brand),
    queryFn: async ({ signal }) => (await request<{ items: KeyView[] }>(api.keys(brand), { signal })).items,
    refetchInterval: (query) => (query.state.data?.some((key) => key.state === 'registering' && !key.problem) ? WAITING_MS : false),
  });

export const keyQuery = (brand: string, name: string) =>
  queryOptions({
    queryKey: keyKey(brand, name),
    queryFn: ({ signal }) => request<KeyView>(api.key(brand, name), { signal }),
    refetchInterval: (query) => (query.state.data?.state === 'registering' && !query.state.data.problem ? WAITING_MS : false),
  });
