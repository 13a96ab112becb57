'use client';

import { useState } from 'react';
import { useSuspenseQuery } from '@tanstack/react-query';
import type { RetentionView } from '@/lib/api/retention';
import { NOTICE_DAYS } from '@/lib/build/retention';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { Dialog, DialogClose, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { formatBytes, plural } from '../ui/format';
import { Select } from '../ui/select';
import { forDays } from './keep-words';
import { useSetRetention } from './mutations';
import { retentionQuery } from './queries';

/** How long images are kept and what they take, in a sentence. */
export function RetentionWords() {
  const { slug } = useBrand();
  const { keepImagesDays, images } = useSuspenseQuery(retentionQuery(slug)).data;
  return (
    <>
      Images are kept {forDays(keepImagesDays)}
      {images.builds > 0 && `; those of ${plural(images.builds, 'build')} take ${formatBytes(images.sizeBytes)} of disk, what they share counted once`}.
    </>
  );
}

export function RetentionButton() {
  const { slug, whyNot } = useBrand();
  const { data: retention } = useSuspenseQuery(retentionQuery(slug));
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button disabledReason={whyNot('retention.set')} onClick={() => setAsking(true)}>
        Set retention
      </Button>
      <Dialog open={asking} onOpenChange={setAsking}>
        <DialogContent title="How long images are kept" description="Counted from the end of each build. Manifest, log and the list of snaps stay for good, so that the same image can be built again." width="sm">
          <RetentionForm retention={retention} onDone={() => setAsking(false)} />
        </DialogContent>
      </Dialog>
    </>
  );
}

const DAYS = [7, 30, 90, 180, 365, 730];
const GOOD = 'good';

function RetentionForm({ retention, onDone }: { retention: RetentionView; onDone: () => void }) {
  const { slug } = useBrand();
  const set = useSetRetention(slug);
  const { keepImagesDays: now, images } = retention;
  const [choice, setChoice] = useState(now === null ? GOOD : String(now));
  const days = [...new Set([...DAYS, ...(now === null ? [] : [now])])].sort((a, b) => a - b);
  const chosen = choice === GOOD ? null : Number(choice);
  const shorter = chosen !== null && (now === null || chosen < now);
  return (
    <FormShell
      pending={set.isPending}
      error={set.error}
      fields={['keepImagesDays']}
      onSubmit={() =>
        set.mutate(
          { keepImagesDays: chosen },
          {
            onSuccess: () => {
              onDone();
              notify.done(`Images are kept ${forDays(chosen)}.`);
            },
          },
        )
      }
      actions={
        <>
          <Button type="submit" variant="primary" pending={set.isPending} disabledReason={chosen === now ? 'So it is now.' : undefined}>
            Set retention
          </Button>
          <DialogClose asChild>
            <Button variant="ghost">Leave it</Button>
          </DialogClose>
        </>
      }
    >
      <Field label="Keep images" hint="Pinned images, and those that a link shows, stay longer." problems={problemsAt(set.error, 'keepImagesDays')}>
        {(control) => (
          <Select {...control} value={choice} onChange={(event) => setChoice(event.target.value)}>
            {days.map((each) => (
              <option key={each} value={each}>
                {forDays(each)}
              </option>
            ))}
            <option value={GOOD}>{forDays(null)}</option>
          </Select>
        )}
      </Field>
      {images.builds > 0 && (
        <p className="text-sm text-muted">
          {plural(images.builds, 'build')} {images.builds === 1 ? 'has' : 'have'} images now, {images.pinned === 0 ? 'none' : images.pinned} of them pinned.
          {shorter && ` What is older than that goes in ${NOTICE_DAYS} days: pin what has to stay.`}
        </p>
      )}
    </FormShell>
  );
}
