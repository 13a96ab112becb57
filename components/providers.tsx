'use client';

import type { ReactNode } from 'react';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { QueryProvider } from './query-provider';
import { Toasts } from './toasts';
import { TooltipProvider } from './ui/tooltip';

export function Providers({ children }: { children: ReactNode }) {
  return (
    <NuqsAdapter>
      <QueryProvider>
        <TooltipProvider>{children}</TooltipProvider>
        <Toasts />
      </QueryProvider>
    </NuqsAdapter>
  );
}
