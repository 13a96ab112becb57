'use client';

import { useSyncExternalStore } from 'react';
import type { DraftHeaders } from '@/lib/api/models';

/** What somebody has typed and not saved: it outlives a change of page and a reload, within the tab. */
export type Unsaved = { /** The version that the work started from. */ started: number; draft: DraftHeaders };

const memory = new Map<string, Unsaved | undefined>();
const listeners = new Set<() => void>();
const storageKey = (key: string): string => `imprint.unsaved:${key}`;

/** As it is at this moment, between two paints. Only in the browser. */
export function peekUnsaved(key: string): Unsaved | undefined {
  if (!memory.has(key)) {
    const text = window.sessionStorage.getItem(storageKey(key));
    memory.set(key, text === null ? undefined : parse(text));
  }
  return memory.get(key);
}

function parse(text: string): Unsaved | undefined {
  try {
    const value = JSON.parse(text) as Partial<Unsaved> | null;
    return typeof value?.started === 'number' && value.draft && typeof value.draft === 'object' ? (value as Unsaved) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function keepUnsaved(key: string, unsaved: Unsaved | undefined): void {
  memory.set(key, unsaved);
  if (unsaved) window.sessionStorage.setItem(storageKey(key), JSON.stringify(unsaved));
  else window.sessionStorage.removeItem(storageKey(key));
  listeners.forEach((tell) => tell());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** undefined on the server and while the page wakes up. */
export const useUnsaved = (key: string): Unsaved | undefined =>
  useSyncExternalStore(
    subscribe,
    () => peekUnsaved(key),
    () => undefined,
  );

export const unsavedKey = (brand: string, model: string): string => `${brand}/${model}`;
