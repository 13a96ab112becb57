'use client';

import { Button } from './button';
import { messageOf } from './error-message';
import { Notice } from './notice';

/** Stands where a list would when it could not be loaded. */
export const QueryFailed = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <Notice
    tone="danger"
    role="alert"
    title="This could not be loaded"
    action={
      <Button size="sm" onClick={onRetry}>
        Try again
      </Button>
    }
  >
    {messageOf(error)}
  </Notice>
);
