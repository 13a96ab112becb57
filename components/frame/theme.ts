'use client';

import { useSyncExternalStore } from 'react';

export const THEMES = ['light', 'dark', 'system'] as const;
export type Theme = (typeof THEMES)[number];

const CHANGED = 'imprint:theme';

/** The same key is read by the script in app/layout.tsx before the first paint. */
function read(): Theme {
  const list = document.documentElement.classList;
  return list.contains('dark') ? 'dark' : list.contains('light') ? 'light' : 'system';
}

function subscribe(tell: () => void): () => void {
  window.addEventListener(CHANGED, tell);
  return () => window.removeEventListener(CHANGED, tell);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, read, () => 'system');

export function setTheme(theme: Theme): void {
  const list = document.documentElement.classList;
  list.remove('light', 'dark');
  if (theme !== 'system') list.add(theme);
  keep('theme', theme === 'system' ? undefined : theme);
  window.dispatchEvent(new Event(CHANGED));
}

export function toggleRail(): void {
  const narrow = document.documentElement.dataset.rail === 'narrow';
  if (narrow) delete document.documentElement.dataset.rail;
  else document.documentElement.dataset.rail = 'narrow';
  keep('rail', narrow ? undefined : 'narrow');
}

/** A browser without storage only forgets the choice at the next load. */
function keep(key: string, value: string | undefined): void {
  if (document.documentElement.dataset.storage === 'none') return;
  if (value === undefined) localStorage.removeItem(key);
  else localStorage.setItem(key, value);
}
