'use client';

import type { ReactNode } from 'react';
import { Button } from './button';
import { Dialog, DialogClose, DialogContent } from './dialog';
import { FormShell } from './form-shell';

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will be different afterwards, and whether it can be undone. */
  children: ReactNode;
  /** The verb: *Retire key*. */
  confirm: string;
  danger?: boolean;
  pending: boolean;
  error: unknown;
  onConfirm: () => void;
};

export function ConfirmDialog({ open, onOpenChange, title, children, confirm, danger = false, pending, error, onConfirm }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title={title} width="sm">
        <FormShell
          pending={pending}
          error={error}
          onSubmit={onConfirm}
          actions={
            <>
              <Button type="submit" variant={danger ? 'danger' : 'primary'} pending={pending}>
                {confirm}
              </Button>
              <DialogClose asChild>
                <Button variant="ghost">Keep as it is</Button>
              </DialogClose>
            </>
          }
        >
          <div className="text-muted">{children}</div>
        </FormShell>
      </DialogContent>
    </Dialog>
  );
}
