'use client';

import { useMemo } from 'react';
import type { DraftHeaders, ModelVersion } from '@/lib/api/models';
import { describeChanges } from '@/lib/model/diff';
import { previewModel } from '@/lib/model/preview';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { DialogContent } from '../ui/dialog';
import { FormShell } from '../ui/form-shell';
import { Time } from '../ui/time';
import { ChangesList } from './changes-list';
import { TextDiff } from './text-diff';

type Props = { theirs: ModelVersion; mine: DraftHeaders; started: ModelVersion; pending: boolean; error: unknown; onKeepMine: () => void; onTakeTheirs: () => void };

/** Two people have changed the same version: what each did, the difference as text, and the two ways out. */
export function StaleSides({ theirs, mine, started, pending, error, onKeepMine, onTakeTheirs }: Props) {
  const { brand } = useBrand();
  const theirChanges = useMemo(() => describeChanges(started.headers, theirs.headers), [started, theirs]);
  const myChanges = useMemo(() => describeChanges(started.headers, mine), [started, mine]);
  const text = (headers: DraftHeaders) => previewModel(headers, { brandId: brand.accountId }).text;
  return (
    <DialogContent
      width="lg"
      title={`${theirs.author.name} was quicker`}
      description={
        <>
          Version {theirs.number} was saved <Time at={theirs.createdAt} />, after you started from version {started.number}
          {theirs.note && <>: “{theirs.note}”</>}. Nothing is lost: choose how to go on.
        </>
      }
      locked={pending}
    >
      <FormShell
        className="max-w-none"
        pending={pending}
        error={error}
        onSubmit={onKeepMine}
        actions={
          <>
            <Button type="submit" variant="primary" pending={pending}>
              Keep mine as version {theirs.number + 1}
            </Button>
            <Button disabledReason={pending ? 'Your version is being saved.' : undefined} onClick={onTakeTheirs}>
              Take theirs
            </Button>
          </>
        }
      >
        <div className="grid gap-5 sm:grid-cols-2">
          <section aria-label="Their changes">
            <h3 className="mb-2 font-medium">What {theirs.author.name} changed</h3>
            <ChangesList changes={theirChanges} className="text-sm" />
          </section>
          <section aria-label="Your changes">
            <h3 className="mb-2 font-medium">What you changed</h3>
            <ChangesList changes={myChanges} className="text-sm" />
          </section>
        </div>
        <div>
          <h3 className="mb-2 font-medium">From theirs to yours</h3>
          <TextDiff before={text(theirs.headers)} after={text(mine)} label="Their version and yours, compared" className="max-h-80" />
          <p className="mt-2 text-sm text-muted">Keeping yours puts it on top: what they changed and you did not take over is undone. Their version stays in the list.</p>
        </div>
      </FormShell>
    </DialogContent>
  );
}
