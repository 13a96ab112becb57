import { queryOptions } from '@tanstack/react-query';
import type { ShareView } from '@/lib/api/shares';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export const sharesKey = (brand: string, build: number) => ['shares', brand, build] as const;

export const sharesQuery = (brand: string, build: number) =>
  queryOptions({
    queryKey: sharesKey(brand, build),
    queryFn: async ({ signal }) => (await request<{ items: ShareView[] }>(api.shares(brand, build), { signal })).items,
  });
