'use client';

import { useState } from 'react';
import { useRouter } from 'next/navigation';
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { BuildView } from '@/lib/api/builds';
import type { KeyView } from '@/lib/api/keys';
import type { CreateModelRequest, ModelDetail, ModelVersion, SaveVersionRequest, Signature, SignRequest } from '@/lib/api/models';
import { AppError, isAppError } from '@/lib/errors';
import { api, paths } from '@/lib/paths';
import { request } from '../api-client';
import { keysKey } from '../key/queries';
import { notify } from '../toasts';
import { modelBuildsKey, modelKey, versionsKey } from './queries';

const refreshLists = (client: QueryClient, brand: string) =>
  Promise.all([client.invalidateQueries({ queryKey: ['models', brand, 'list'] }), client.invalidateQueries({ queryKey: ['overview', brand] }), client.invalidateQueries({ queryKey: ['palette', brand] })]);

export function useCreateModel(brand: string) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (body: CreateModelRequest) => request<ModelDetail>(api.models(brand), { method: 'POST', body }),
    onSuccess: (model) => {
      client.setQueryData(modelKey(brand, model.name), model);
      void refreshLists(client, brand);
      router.push(paths.model(brand, model.name));
    },
  });
}

export function useSaveVersion(brand: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SaveVersionRequest) => request<ModelVersion>(api.versions(brand, name), { method: 'POST', body }),
    onSuccess: (version) => rememberLatest(client, brand, name, version),
    // Somebody was quicker: theirs is the latest now, here as well.
    onError: (error) => {
      if (isAppError(error) && error.code === 'stale') rememberLatest(client, brand, name, error.details.current as ModelVersion);
    },
  });
}

function rememberLatest(client: QueryClient, brand: string, name: string, version: ModelVersion): void {
  client.setQueryData<ModelVersion[]>(versionsKey(brand, name), (versions) => versions && [version, ...versions.filter((v) => v.number !== version.number)]);
  client.setQueryData<ModelDetail>(modelKey(brand, name), (model) => model && { ...model, latest: version, latestVersion: version.number });
  void client.invalidateQueries({ queryKey: modelKey(brand, name) });
  void client.invalidateQueries({ queryKey: versionsKey(brand, name) });
  void refreshLists(client, brand);
}

export type SignStep = 'key' | 'register' | 'sign' | 'build';
export type SignPlan = {
  version: number;
  /** A registered key; without one the newest signs. */
  key?: string;
  /** The name of a key to make and register first. */
  newKey?: string;
  /** Asks for an image of what was just signed, and goes to its page. */
  build: boolean;
};

/** From a saved version to a running build, in as many steps as are still missing; what is done stays done when a later one fails. */
export function useSignModel(brand: string, name: string) {
  const client = useQueryClient();
  const router = useRouter();
  const [step, setStep] = useState<SignStep>('sign');
  const mutation = useMutation({
    mutationFn: async ({ version, key, newKey, build }: SignPlan) => {
      const signer = newKey === undefined ? key : await makeKey(client, brand, newKey, setStep);
      setStep('sign');
      const body: SignRequest = { version, ...(signer === undefined ? {} : { key: signer }) };
      const signature = await request<Signature>(api.signatures(brand, name), { method: 'POST', body });
      client.setQueryData<ModelDetail>(modelKey(brand, name), (model) => model && { ...model, signatures: [signature, ...model.signatures], signed: { revision: signature.revision, version: signature.version } });
      await Promise.all([client.invalidateQueries({ queryKey: modelKey(brand, name) }), client.invalidateQueries({ queryKey: versionsKey(brand, name) })]);
      void refreshLists(client, brand);
      if (!build) return { signature };
      setStep('build');
      try {
        return { signature, build: await requestBuild(client, brand, name, signature.revision) };
      } catch (refusal) {
        return { signature, refusal };
      }
    },
    onSuccess: ({ signature, build, refusal }) => {
      if (build) return router.push(paths.build(brand, build.number));
      notify.done(`Version ${signature.version} is signed as revision ${signature.revision}.`, { description: `With key ${signature.keyName}.` });
      if (refusal) notify.failed(refusal);
    },
  });
  return { ...mutation, step };
}

/** The name of a key that is registered when this returns. Throws AppError with the store's reason when it would not. */
async function makeKey(client: QueryClient, brand: string, name: string, onStep: (step: SignStep) => void): Promise<string> {
  onStep('key');
  const known = (client.getQueryData<KeyView[]>(keysKey(brand)) ?? []).find((key) => key.name === name);
  if (known?.state === 'registered') return name;
  if (!known) await request<KeyView>(api.keys(brand), { method: 'POST', body: { name, register: false } });
  onStep('register');
  try {
    const key = await request<KeyView>(api.registerKey(brand, name), { method: 'POST' });
    if (key.state === 'registered') return name;
    throw new AppError('store-refused', key.problem ?? `The store has not registered the key ${name} yet. Wait a moment and sign again.`);
  } finally {
    await client.invalidateQueries({ queryKey: keysKey(brand) });
  }
}

async function requestBuild(client: QueryClient, brand: string, model: string, revision: number): Promise<BuildView> {
  const build = await request<BuildView>(api.builds(brand), { method: 'POST', body: { model, revision } });
  void client.invalidateQueries({ queryKey: modelBuildsKey(brand, model) });
  void client.invalidateQueries({ queryKey: ['builds', brand] });
  void refreshLists(client, brand);
  return build;
}

export function useBuildModel(brand: string, name: string) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (revision: number) => requestBuild(client, brand, name, revision),
    onSuccess: (build) => router.push(paths.build(brand, build.number)),
    onError: notify.failed,
  });
}
