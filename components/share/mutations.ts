'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CreatedShare, CreateShareRequest, ShareView } from '@/lib/api/shares';
import { api } from '@/lib/paths';
import { request } from '../api-client';
import { sharesKey } from './queries';

export function useCreateShare(brand: string, build: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateShareRequest) => request<CreatedShare>(api.shares(brand, build), { method: 'POST', body }),
    onSuccess: ({ share }) => {
      client.setQueryData<ShareView[]>(sharesKey(brand, build), (shares) => [share, ...(shares ?? []).filter((s) => s.id !== share.id)]);
      void client.invalidateQueries({ queryKey: ['overview', brand] });
      // A link keeps the images that it shows.
      void client.invalidateQueries({ queryKey: ['build', brand, build] });
    },
  });
}

export function useRevokeShare(brand: string, build: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<ShareView>(api.share(brand, id), { method: 'DELETE' }),
    onSuccess: (share) => {
      client.setQueryData<ShareView[]>(sharesKey(brand, build), (shares) => shares?.map((s) => (s.id === share.id ? share : s)));
      void client.invalidateQueries({ queryKey: ['build', brand, build] });
    },
  });
}
