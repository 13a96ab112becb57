'use client';

import { RotateCw, TriangleAlert } from 'lucide-react';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

/** Stands where a page would that could not be made. */
export const PageFailed = ({ digest, retry }: { digest?: string; retry: () => void }) => (
  <EmptyState
    heading="h1"
    icon={TriangleAlert}
    title="This page could not be made"
    action={
      <Button variant="primary" onClick={retry}>
        <RotateCw aria-hidden />
        Try again
      </Button>
    }
  >
    <p>Nothing of what you have saved is lost. If it stays like this, tell whoever runs this console.</p>
    {digest && (
      <p className="mt-2 text-sm">
        Mention <span className="font-mono">{digest}</span>, under which the cause is in its log.
      </p>
    )}
  </EmptyState>
);
