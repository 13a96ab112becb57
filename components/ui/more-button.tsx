'use client';

import type { ReactNode } from 'react';
import { Button } from './button';
import { messageOf } from './error-message';

type Query = { hasNextPage: boolean; isFetchingNextPage: boolean; isFetchNextPageError: boolean; error: unknown; fetchNextPage: () => unknown };

/** The next page of a list, appended to what is there. */
export function MoreButton({ query, children }: { query: Query; children: ReactNode }) {
  if (!query.hasNextPage) return null;
  return (
    <div className="mt-4 flex flex-col items-center gap-2">
      {query.isFetchNextPageError && (
        <p role="alert" className="text-sm text-danger">
          {messageOf(query.error)}
        </p>
      )}
      <Button pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {children}
      </Button>
    </div>
  );
}
