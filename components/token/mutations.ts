'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CreatedToken, CreateTokenRequest, TokenView } from '@/lib/api/tokens';
import { api } from '@/lib/paths';
import { request } from '../api-client';
import { notify } from '../toasts';
import { tokensKey } from './queries';

/** The secret is in the answer of this one request and nowhere else: it goes into no cache. */
export function useCreateToken(brand: string) {
  const client = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (body: CreateTokenRequest) => request<CreatedToken>(api.tokens(brand), { method: 'POST', body }),
    onSuccess: ({ token }) => client.setQueryData<TokenView[]>(tokensKey(brand), (tokens) => [token, ...(tokens ?? []).filter(({ id }) => id !== token.id)]),
  });
}

export function useRevokeToken(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<TokenView>(api.token(brand, id), { method: 'DELETE' }),
    onSuccess: (token) => {
      client.setQueryData<TokenView[]>(tokensKey(brand), (tokens) => tokens?.map((each) => (each.id === token.id ? token : each)));
      notify.done(`API token ${token.name} is revoked.`, { description: 'It stopped working at once.' });
    },
  });
}
