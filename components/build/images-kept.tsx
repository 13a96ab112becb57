'use client';

import { useState } from 'react';
import { Pin } from 'lucide-react';
import type { BuildView } from '@/lib/api/builds';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { Fact } from '../ui/definition-list';
import { KeepDialog } from './keep-dialog';
import { keptWords } from './keep-words';

/** Until when the images of a build are kept, why, and the way to change that. */
export function ImagesKept({ build }: { build: BuildView }) {
  const { whyNot } = useBrand();
  const [asking, setAsking] = useState(false);
  const kept = build.imagesKept;
  if (!kept) return null;
  const { fact, why } = keptWords(kept);
  const pinned = kept.state === 'kept' && kept.pinned !== null;
  return (
    <Fact label="Images" className="col-span-2">
      <div className="flex items-start justify-between gap-3">
        <p className="min-w-0">
          {pinned && <Pin aria-hidden className="mr-1.5 -mt-0.5 inline size-4 text-muted" />}
          {fact}
          <span className="block text-sm text-pretty text-muted">{why}</span>
        </p>
        {kept.state === 'kept' && (
          <Button size="sm" disabledReason={whyNot('artifact.keep')} onClick={() => setAsking(true)}>
            {pinned ? 'Unpin' : 'Keep'}
          </Button>
        )}
      </div>
      {kept.state === 'kept' && <KeepDialog number={build.number} kept={kept} open={asking} onOpenChange={setAsking} />}
    </Fact>
  );
}
