'use client';

import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { BuildKeyView } from '@/lib/api/build-keys';
import type { BackupKeyRequest, DrillRequest, EnrolExternalRequest, EnrolOfflineRequest, ImportKeyRequest, KeyBackup, KeyRotation, KeyView } from '@/lib/api/keys';
import type { Signature } from '@/lib/api/models';
import { api } from '@/lib/paths';
import { request } from '../api-client';
import { notify } from '../toasts';
import { buildKeysKey, keyKey, keysKey, rotationKey } from './queries';

function remember(client: QueryClient, brand: string, key: KeyView): void {
  client.setQueryData(keyKey(brand, key.name), key);
  client.setQueryData<KeyView[]>(keysKey(brand), (keys) => keys && (keys.some((k) => k.name === key.name) ? keys.map((k) => (k.name === key.name ? key : k)) : [key, ...keys]));
  void client.invalidateQueries({ queryKey: ['overview', brand] });
  void client.invalidateQueries({ queryKey: [...keyKey(brand, key.name), 'uses'] });
  // Whichever key's: this one may be the old or the new one there.
  void client.invalidateQueries({ queryKey: keysKey(brand), predicate: ({ queryKey }) => queryKey.at(-1) === 'rotation' });
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

/** A key that is in the console from then on, however it came. */
function useNewKey<Body>(brand: string, url: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => request<KeyView>(url, { method: 'POST', body }),
    onSuccess: (key) => {
      remember(client, brand, key);
      notify.done(`Key ${key.name} is here.`, { description: 'Register it, so that devices know it.' });
    },
  });
}

export const useImportKey = (brand: string) => useNewKey<ImportKeyRequest>(brand, api.importKey(brand));
export const useEnrolOffline = (brand: string) => useNewKey<EnrolOfflineRequest>(brand, api.offlineKeys(brand));
export const useEnrolExternal = (brand: string) => useNewKey<EnrolExternalRequest>(brand, api.externalKeys(brand));

/** Asks the store whether it has the account-key by now. */
export function useLookForKey(brand: string) {
  const client = useQueryClient();
  return useMutation({ mutationFn: (name: string) => request<KeyView>(api.lookForKey(brand, name), { method: 'POST' }), onSuccess: (key) => remember(client, brand, key) });
}

export function useBackupKey(brand: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BackupKeyRequest) => request<KeyBackup>(api.backupKey(brand, name), { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: keyKey(brand, name) }),
  });
}

export function useDrillKey(brand: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: DrillRequest) => request<KeyView>(api.drillKey(brand, name), { method: 'POST', body }),
    onSuccess: (key) => remember(client, brand, key),
  });
}

/** Which key follows; null takes it back. */
export function usePlanRotation(brand: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (successor: string | null) => request<KeyRotation>(api.keyRotation(brand, name), { method: 'POST', body: { successor } }),
    onSuccess: (rotation) => {
      client.setQueryData(rotationKey(brand, name), rotation);
      remember(client, brand, rotation.key);
      if (rotation.successor) remember(client, brand, rotation.successor);
    },
  });
}

/** Signs the version of a model again with the key that follows `old`. */
export function useSignAgain(brand: string, old: string, model: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { version: number; key: string }) => request<Signature>(api.signatures(brand, model), { method: 'POST', body }),
    onSuccess: ({ revision, keyName }) => {
      notify.done(`${model} is signed again as revision ${revision}.`, { description: `With key ${keyName}.` });
      void client.invalidateQueries({ queryKey: keysKey(brand) });
      void client.invalidateQueries({ queryKey: rotationKey(brand, old) });
      void client.invalidateQueries({ queryKey: ['models', brand] });
    },
  });
}

/** The present one signs no more. */
export function useReplaceBuildKey(brand: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<BuildKeyView>(api.buildKeys(brand), { method: 'POST' }),
    onSuccess: () => client.invalidateQueries({ queryKey: buildKeysKey(brand) }),
  });
}
