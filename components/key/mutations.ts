'use client';

import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { KeyView } from '@/lib/api/keys';
import { api } from '@/lib/paths';
import { request } from '../api-client';
import { notify } from '../toasts';
import { keyKey, keysKey } from './queries';

function remember(client: QueryClient, brand: string, key: KeyView): void {
  client.setQueryData(keyKey(brand, key.name), key);
  client.setQueryData<KeyView[]>(keysKey(brand), (keys) => keys && (keys.some((k) => k.name === key.name) ? keys.map((k) => (k.name === key.name ? key : k)) : [key, ...keys]));
  void client.invalidateQueries({ queryKey: ['overview', brand] });
}

/** Generates the key; it is not registered by this. */
export function useCreateKey(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => request<KeyView>(api.keys(brand), { method: 'POST', body: { name, register: false } }),
    onSuccess: (key) => remember(client, brand, key),
  });
}

/** Asks the store for an account-key. A refusal comes back as the key's `problem`. */
export function useRegisterKey(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => request<KeyView>(api.registerKey(brand, name), { method: 'POST' }),
    onSuccess: (key) => remember(client, brand, key),
  });
}

export function useRetireKey(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => request<KeyView>(api.key(brand, name), { method: 'DELETE' }),
    onSuccess: (key) => {
      remember(client, brand, key);
      notify.done(`Key ${key.name} is retired.`, { description: 'It never signs again. What it has signed stays valid.' });
    },
  });
}
