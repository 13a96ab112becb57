'use client';

import { useState, type ReactNode } from 'react';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { isAppError } from '@/lib/errors';
import { paths } from '@/lib/paths';

/** What may succeed when it is asked again; every other refusal stays one. */
const TRANSIENT = new Set(['unavailable', 'store-unreachable']);

function signInAgain(error: unknown) {
  if (isAppError(error) && error.code === 'unauthenticated') window.location.assign(paths.signIn(window.location.pathname + window.location.search));
}

function createClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: signInAgain }),
    mutationCache: new MutationCache({ onError: signInAgain }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && isAppError(error) && TRANSIENT.has(error.code),
      },
    },
  });
}

export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(createClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
