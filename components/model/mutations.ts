'use client';

import { useState } from 'react';
import { useRouter } from 'next/navigation';
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { BuildView } from '@/lib/api/builds';
import { maySign, type KeyView } from '@/lib/api/keys';
import type { AskSignatureRequest, CreateModelRequest, ImportModelRequest, ModelDetail, ModelVersion, ReadModelView, SaveVersionRequest, Signature, SigningRequestView, SignRequest } from '@/lib/api/models';
import { AppError, isAppError } from '@/lib/errors';
import { api, paths } from '@/lib/paths';
import { request } from '../api-client';
import { keysKey } from '../key/queries';
import { notify } from '../toasts';
import { modelBuildsKey, modelKey, signingRequestsKey, versionsKey } from './queries';

const refreshLists = (client: QueryClient, brand: string) =>
  Promise.all([client.invalidateQueries({ queryKey: ['models', brand, 'list'] }), client.invalidateQueries({ queryKey: ['overview', brand] }), client.invalidateQueries({ queryKey: ['palette', brand] })]);

export function useCreateModel(brand: string) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (body: CreateModelRequest | ImportModelRequest) => request<ModelDetail>(api.models(brand), { method: 'POST', body }),
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
      await rememberSignature(client, brand, name, signature);
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

async function rememberSignature(client: QueryClient, brand: string, name: string, signature: Signature): Promise<void> {
  client.setQueryData<ModelDetail>(modelKey(brand, name), (model) => model && withSignature(model, signature));
  await Promise.all([client.invalidateQueries({ queryKey: modelKey(brand, name) }), client.invalidateQueries({ queryKey: versionsKey(brand, name) })]);
  void refreshLists(client, brand);
}

/** One that was asked for outside may come after newer ones. */
function withSignature(model: ModelDetail, signature: Signature): ModelDetail {
  const signatures = [signature, ...model.signatures].sort((a, b) => b.revision - a.revision);
  const [{ revision, version }] = signatures as [Signature];
  return { ...model, signatures, signed: { revision, version }, nextRevision: Math.max(model.nextRevision, revision + 1) };
}

/** Fixes what a key that is kept offline is to sign. */
export function useAskSignature(brand: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: AskSignatureRequest) => request<SigningRequestView>(api.signingRequests(brand, name), { method: 'POST', body }),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: signingRequestsKey(brand, name) }), client.invalidateQueries({ queryKey: modelKey(brand, name) })]),
  });
}

export function useAnswerSigningRequest(brand: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, text }: { id: string; text: string }) => request<Signature>(api.signingRequest(brand, name, id), { method: 'POST', body: { text } }),
    onSuccess: async (signature) => {
      await Promise.all([rememberSignature(client, brand, name, signature), client.invalidateQueries({ queryKey: signingRequestsKey(brand, name) })]);
    },
  });
}

export function useCancelSigningRequest(brand: string, name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<SigningRequestView>(api.signingRequest(brand, name, id), { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: signingRequestsKey(brand, name) }),
  });
}

/** What a file that somebody brings says and proves. */
export const useReadModel = (brand: string) => useMutation({ mutationFn: (text: string) => request<ReadModelView>(api.readModel(brand), { method: 'POST', body: { text } }) });

/** The name of a key that is registered when this returns. Throws AppError with the store's reason when it would not. */
async function makeKey(client: QueryClient, brand: string, name: string, onStep: (step: SignStep) => void): Promise<string> {
  onStep('key');
  const known = (client.getQueryData<KeyView[]>(keysKey(brand)) ?? []).find((key) => key.name === name);
  if (known && maySign(known.state)) return name;
  if (!known) await request<KeyView>(api.keys(brand), { method: 'POST', body: { name, register: false } });
  onStep('register');
  try {
    const key = await request<KeyView>(api.registerKey(brand, name), { method: 'POST' });
    if (maySign(key.state)) return name;
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
