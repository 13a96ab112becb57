import { queryOptions } from '@tanstack/react-query';
import type { TokenView } from '@/lib/api/tokens';
import { api } from '@/lib/paths';
import { request } from '../api-client';

export const tokensKey = (brand: string) => ['tokens', brand] as const;

export const tokensQuery = (brand: string) =>
  queryOptions({
    queryKey: tokensKey(brand),
    queryFn: async ({ signal }) => (await request<{ items: TokenView[] }>(api.tokens(brand), { signal })).items,
  });
