'use client';

import { isExtended } from '@/lib/model/check';
import { useBrand } from '../brand/brand-context';
import { plural } from '../ui/format';
import { Notice } from '../ui/notice';
import { IdentitySection } from './identity-section';
import { LegacySnaps } from './legacy-snaps';
import { PlatformSection } from './platform-section';
import { PreviewPane } from './preview-pane';
import { ProblemsPane } from './problems-pane';
import { SnapsSection } from './snaps-section';
import { TrustSection } from './trust-section';
import { whyNeverBuilt } from './why-not';
import { useWorkspace } from './workspace';

/** The model as a form, beside its text and what is to be said about it. */
export function Editor() {
  const { whyNot } = useBrand();
  const workspace = useWorkspace();
  const whyReadOnly = whyNot('model.edit');
  const readOnly = whyReadOnly !== undefined;
  const extended = isExtended(workspace.draft);
  const never = whyNeverBuilt(workspace);
  const toFix = workspace.problems.filter((problem) => problem.severity !== 'info').length;
  return (
    <div className="grid gap-x-10 gap-y-10 lg:grid-cols-[minmax(0,1fr)_23rem] xl:grid-cols-[minmax(0,1fr)_26rem]">
      <div className="min-w-0">
        {toFix > 0 && (
          <a href="#checks" className="link mb-6 inline-block text-warn lg:hidden">
            {plural(toFix, 'thing')} to fix
          </a>
        )}
        {readOnly && <Notice className="mb-6">{whyReadOnly}</Notice>}
        {never && (
          <Notice className="mb-6" title="No image is built from this model yet">
            {never}
          </Notice>
        )}
        <div>
          <IdentitySection readOnly={readOnly} />
          <PlatformSection readOnly={readOnly} extended={extended} />
          {extended ? <SnapsSection readOnly={readOnly} whyReadOnly={whyReadOnly} /> : <LegacySnaps readOnly={readOnly} />}
          <TrustSection readOnly={readOnly} />
        </div>
      </div>
      <aside aria-label="Text and checks" className="min-w-0 space-y-8 lg:sticky lg:top-17 lg:max-h-[calc(100dvh-5rem)] lg:self-start lg:overflow-y-auto lg:pr-1 lg:pb-4">
        <ProblemsPane readOnly={readOnly} />
        <PreviewPane />
      </aside>
    </div>
  );
}
