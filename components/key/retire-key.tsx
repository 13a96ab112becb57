'use client';

import { useState } from 'react';
import { Archive } from 'lucide-react';
import type { KeyView } from '@/lib/api/keys';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { plural } from '../ui/format';
import { useRetireKey } from './mutations';

export function RetireKey({ view }: { view: KeyView }) {
  const { slug, whyNot } = useBrand();
  const retire = useRetireKey(slug);
  const [open, setOpen] = useState(false);
  if (view.state === 'retired') return null;
  return (
    <>
      <Button disabledReason={whyNot('key.retire')} onClick={() => setOpen(true)}>
        <Archive aria-hidden />
        Retire key
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={`Retire key ${view.name}?`}
        confirm="Retire key"
        danger
        pending={retire.isPending}
        error={retire.error}
        onConfirm={() => retire.mutate(view.name, { onSuccess: () => setOpen(false) })}
      >
        <p>
          It will never sign again, and this cannot be undone. What it has signed ({plural(view.usedBy.signatures, 'signature')}) stays valid.
          {view.usedBy.models.length > 0 && ` The next versions of ${view.usedBy.models.join(', ')} need another key.`}
        </p>
      </ConfirmDialog>
    </>
  );
}
