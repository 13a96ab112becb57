import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { BuildKeyView } from '@/lib/api/build-keys';
import type { Page } from '@/lib/api/common';
import type { KeyRotation, KeySignature, KeyUseView, KeyView, SignerRef } from '@/lib/api/keys';
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

export const rotationKey = (brand: string, name: string) => ['keys', brand, name, 'rotation'] as const;

export const rotationQuery = (brand: string, name: string) =>
  queryOptions({ queryKey: rotationKey(brand, name), queryFn: ({ signal }) => request<KeyRotation>(api.keyRotation(brand, name), { signal }) });

export const signersQuery = (brand: string) =>
  queryOptions({ queryKey: ['signers', brand] as const, queryFn: async ({ signal }) => (await request<{ items: SignerRef[] }>(api.signers(brand), { signal })).items });

export const buildKeysKey = (brand: string) => ['build-keys', brand] as const;

export const buildKeysQuery = (brand: string) => queryOptions({ queryKey: buildKeysKey(brand), queryFn: async ({ signal }) => (await request<{ items: BuildKeyView[] }>(api.buildKeys(brand), { signal })).items });

const PER_PAGE = 20;

const pages = <T>(queryKey: readonly unknown[], url: string) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => request<Page<T>>(`${url}?${new URLSearchParams({ limit: String(PER_PAGE), ...(pageParam ? { after: pageParam } : {}) })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<T>) => page.next,
  });

export const keyUsesQuery = (brand: string, name: string) => pages<KeyUseView>(['keys', brand, name, 'uses'], api.keyUses(brand, name));
export const keySignaturesQuery = (brand: string, name: string) => pages<KeySignature>(['keys', brand, name, 'signatures'], api.keySignatures(brand, name));
