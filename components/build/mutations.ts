'use client';

import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { BuildRequest, BuildView } from '@/lib/api/builds';
import type { KeepImagesRequest, RetentionView, SetRetentionRequest } from '@/lib/api/retention';
import { api } from '@/lib/paths';
import { request } from '../api-client';
import { buildKey, buildListsKey, retentionKey } from './queries';

function remember(client: QueryClient, brand: string, build: BuildView): void {
  client.setQueryData(buildKey(brand, build.number), build);
  void client.invalidateQueries({ queryKey: buildListsKey(brand) });
  void client.invalidateQueries({ queryKey: retentionKey(brand) });
  void client.invalidateQueries({ queryKey: ['overview', brand] });
  void client.invalidateQueries({ queryKey: ['models', brand] });
}

export function useRequestBuild(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BuildRequest) => request<BuildView>(api.builds(brand), { method: 'POST', body }),
    onSuccess: (build) => remember(client, brand, build),
  });
}

export function useCancelBuild(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (number: number) => request<BuildView>(api.cancelBuild(brand, number), { method: 'POST' }),
    onSuccess: (build) => remember(client, brand, build),
  });
}

/** Deletes the image in both forms; manifest and log stay. */
export function useDeleteImages(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (number: number) => request<BuildView>(api.buildArtifacts(brand, number), { method: 'DELETE' }),
    onSuccess: (build) => remember(client, brand, build),
  });
}

/** Pins the images, keeps them longer, or takes that back. */
export function useKeepImages(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ number, keep }: KeepImagesRequest & { number: number }) => request<BuildView>(api.keepImages(brand, number), { method: 'POST', body: { keep } }),
    onSuccess: (build) => remember(client, brand, build),
  });
}

/** Every build's date may change with it. */
export function useSetRetention(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetRetentionRequest) => request<RetentionView>(api.retention(brand), { method: 'POST', body }),
    onSuccess: (retention) => {
      client.setQueryData(retentionKey(brand), retention);
      void client.invalidateQueries({ queryKey: ['build', brand] });
    },
  });
}
