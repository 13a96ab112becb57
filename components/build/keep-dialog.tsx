'use client';

import { useState } from 'react';
import type { ImagesKept, KeepImagesRequest } from '@/lib/api/retention';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { FormShell } from '../ui/form-shell';
import { RadioCards, type RadioCard } from '../ui/radio-cards';
import { keptWords } from './keep-words';
import { useKeepImages } from './mutations';

type Kept = Extract<ImagesKept, { state: 'kept' }>;
type Props = { number: number; kept: Kept; open: boolean; onOpenChange: (open: boolean) => void };

export function KeepDialog({ number, kept, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title={`Keep the images of build #${number}`} description={`${keptWords(kept).fact}. ${keptWords(kept).why}`}>
        <KeepForm number={number} kept={kept} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

const CHOICES: Record<string, KeepImagesRequest['keep']> = { pinned: 'pinned', year: 365, quarter: 90, month: 30, brand: 'brand' };

function KeepForm({ number, kept, onDone }: { number: number; kept: Kept; onDone: () => void }) {
  const { slug } = useBrand();
  const keep = useKeepImages(slug);
  const [choice, setChoice] = useState(kept.pinned ? 'brand' : 'pinned');
  const plain = !kept.pinned && kept.because !== 'extended';
  const cards: RadioCard<string>[] = [
    { value: 'pinned', label: 'Pin them', description: 'Kept until somebody unpins them; nobody deletes them before.', disabledReason: kept.pinned ? 'They are pinned now.' : undefined },
    { value: 'year', label: 'A year from today' },
    { value: 'quarter', label: '90 days from today' },
    { value: 'month', label: '30 days from today' },
    { value: 'brand', label: 'As long as the brand says', description: 'Nothing of their own.', disabledReason: plain ? 'So it is now.' : undefined },
  ];
  return (
    <FormShell
      pending={keep.isPending}
      error={keep.error}
      onSubmit={() =>
        keep.mutate(
          { number, keep: CHOICES[choice]! },
          {
            onSuccess: ({ imagesKept }) => {
              onDone();
              if (imagesKept) notify.done(`Images of build #${number}: ${keptWords(imagesKept).fact.toLowerCase()}.`, { description: keptWords(imagesKept).why });
            },
          },
        )
      }
      actions={
        <>
          <Button type="submit" variant="primary" pending={keep.isPending}>
            Keep images
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Leave it</Button>
          </DialogClose>
        </>
      }
    >
      <RadioCards name="keep" legend="How long" value={choice} onChange={setChoice} cards={cards} />
      <p className="text-sm text-muted">Never shorter than the brand says, or than a link to them works.</p>
    </FormShell>
  );
}
