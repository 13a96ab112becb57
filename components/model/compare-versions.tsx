'use client';

import { useMemo } from 'react';
import { ArrowLeftRight } from 'lucide-react';
import type { ModelVersion } from '@/lib/api/models';
import { describeChanges } from '@/lib/model/diff';
import { draftToHeaders } from '@/lib/model/draft';
import { previewModel } from '@/lib/model/preview';
import { remodelVerdict } from '@/lib/model/remodel';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { Section } from '../ui/page-header';
import { ChangesList } from './changes-list';
import { RemodelPanel } from './remodel-panel';
import { TextDiff } from './text-diff';
import { useWorkspace } from './workspace';

/** Two versions side by side: in words, with what it means for devices, and as text. */
export function CompareVersions({ from, to, onSwap }: { from: ModelVersion; to: ModelVersion; onSwap: () => void }) {
  const { brand } = useBrand();
  const { detail, snaps } = useWorkspace();
  const changes = useMemo(() => describeChanges(from.headers, to.headers), [from, to]);
  const remodel = useMemo(() => {
    // One that is not signed yet is judged as if it were signed now.
    const [old, now] = [from, to].map((version) => draftToHeaders(version.headers, { brandId: brand.accountId, revision: version.signedRevision ?? detail.nextRevision }));
    return remodelVerdict(old!, now!, { snaps });
  }, [from, to, brand.accountId, detail.nextRevision, snaps]);
  const [before, after] = useMemo(() => [from, to].map((version) => previewModel(version.headers, { brandId: brand.accountId }).text), [from, to, brand.accountId]);
  return (
    <Section
      title={`From version ${from.number} to ${to.number}`}
      actions={
        <Button size="sm" onClick={onSwap}>
          <ArrowLeftRight aria-hidden />
          Swap
        </Button>
      }
    >
      <div className="grid gap-6 lg:grid-cols-2">
        <div className="space-y-6">
          <ChangesList changes={changes} />
          <RemodelPanel {...remodel} />
        </div>
        <TextDiff before={before!} after={after!} label={`Text of version ${from.number} and ${to.number}, compared`} className="max-h-130" />
      </div>
    </Section>
  );
}
