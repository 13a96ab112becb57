'use client';

import { Toaster, toast } from 'sonner';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { messageOf } from './ui/error-message';

export function Toasts() {
  return (
    <Toaster
      position="bottom-right"
      gap={8}
      icons={{ success: <CircleCheck className="size-4 text-ok" />, error: <CircleX className="size-4 text-danger" />, info: <Info className="size-4 text-info" />, warning: <TriangleAlert className="size-4 text-warn" /> }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: 'flex w-88 max-w-[calc(100vw-2rem)] items-start gap-3 rounded-lg border border-line bg-raised p-3 text-ink shadow-overlay font-sans',
          icon: 'mt-0.5 shrink-0',
          content: 'min-w-0 flex-1',
          title: 'text-base font-medium',
          description: 'text-sm text-muted mt-0.5',
          actionButton: 'shrink-0 rounded-md border border-line px-2 py-1 text-sm font-medium hover:bg-hover',
        },
      }}
    />
  );
}

export const notify = {
  /** What has just become true: "Key acme-2026 is registered." */
  done: (sentence: string, more?: { description?: string; action?: { label: string; onClick: () => void } }) => toast.success(sentence, more),
  /** Only for what has no better place: a form shows its own error. */
  failed: (error: unknown) => toast.error(messageOf(error)),
  info: (sentence: string, description?: string) => toast.info(sentence, { description }),
};
