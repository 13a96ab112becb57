'use client';

import { useEffect, useState } from 'react';
import { FileSignature, Hammer, RotateCcw, Save } from 'lucide-react';
import type { SigningRequestView } from '@/lib/api/models';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { NonProductionBadge } from '../non-production';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { LinkTabs } from '../ui/link-tabs';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { ModelMenu } from './model-menu';
import { useAskSignature, useBuildModel, useSignModel } from './mutations';
import { SaveDialog } from './save-dialog';
import { keysThatSign, SignDialog } from './sign-dialog';
import { SignOutside } from './sign-outside';
import { VersionState } from './version-state';
import { whyNeverBuilt, whyNotBuild, whyNotSave, whyNotSign } from './why-not';
import { useWorkspace } from './workspace';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The name of the model, where it stands, and what may be done next. */
export function ModelHeader() {
  const { slug } = useBrand();
  const workspace = useWorkspace();
  const { name, draft, started, dirty, detail, overtaken, versions, discard } = workspace;
  const [saving, setSaving] = useState(false);
  const signature = detail.signatures.find((s) => s.revision === started.signedRevision);
  useSaveShortcut(() => setSaving(true), dirty && whyNotSave(workspace) === undefined);
  return (
    <>
      <PageHeader
        className="pb-4"
        title={textOf(draft['display-name']).replaceAll('\n', ' ') || name}
        state={<VersionState number={started.number} signedRevision={started.signedRevision} dirty={dirty} />}
        description={
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1.5">
            <span className="font-mono text-sm wrap-anywhere">{name}</span>
            <Badge mono>{textOf(draft.base) || 'core16'}</Badge>
            <Badge mono>{textOf(draft.architecture) || 'no architecture'}</Badge>
            {textOf(draft.grade) && <Badge>{textOf(draft.grade)}</Badge>}
            {signature && !signature.production && !dirty && <NonProductionBadge />}
          </span>
        }
        actions={<Actions onSave={() => setSaving(true)} />}
      />
      {overtaken && (
        <Notice tone="warning" title={`${detail.latest.author.name} has saved version ${detail.latestVersion} since you started`} className="mb-4" action={<Button size="sm" onClick={() => setSaving(true)}>Compare</Button>}>
          Your changes are kept. Compare the two sides and decide.
        </Notice>
      )}
      {dirty && !overtaken && (
        <p className="-mt-1 mb-4 flex flex-wrap items-center gap-2 text-sm text-muted">
          Changed since version {started.number}; kept in this tab until you save.
          <Button size="sm" variant="ghost" onClick={() => discard()}>
            <RotateCcw aria-hidden />
            Discard changes
          </Button>
        </p>
      )}
      <LinkTabs
        label={`Parts of ${name}`}
        className="mb-6"
        tabs={[
          { href: paths.model(slug, name), label: 'Editor' },
          { href: paths.modelVersions(slug, name), label: 'Versions', count: versions.length },
          { href: paths.modelBuilds(slug, name), label: 'Builds' },
        ]}
      />
      <SaveDialog open={saving} onOpenChange={setSaving} />
    </>
  );
}

/** One of them is the next step and stands out. */
function Actions({ onSave }: { onSave: () => void }) {
  const { slug, can, whyNot } = useBrand();
  const workspace = useWorkspace();
  const { name, started, dirty, keys } = workspace;
  const sign = useSignModel(slug, name);
  const ask = useAskSignature(slug, name);
  const build = useBuildModel(slug, name);
  const [asking, setAsking] = useState<{ build: boolean } | undefined>();
  const [outside, setOutside] = useState<SigningRequestView>();
  const usable = keysThatSign(keys);
  const never = whyNeverBuilt(workspace);
  const signed = started.signedRevision !== null;
  const both = !dirty && !signed && never === undefined && can('model.sign') && can('build.request');

  const next = dirty ? 'save' : both ? 'both' : signed ? 'build' : 'sign';
  const look = (action: typeof next, why: string | undefined) => (action === next && why === undefined ? 'primary' : 'secondary');

  const start = (thenBuild: boolean) => {
    sign.reset();
    ask.reset();
    if (usable.length === 1 && usable[0]!.custody !== 'offline' && !signed) sign.mutate({ version: started.number, key: usable[0]!.name, build: thenBuild }, { onError: () => setAsking({ build: thenBuild }) });
    else setAsking({ build: thenBuild });
  };
  const quiet = sign.isPending && asking === undefined;
  return (
    <>
      <Button variant={look('save', whyNot('model.edit'))} disabledReason={whyNot('model.edit') ?? whyNotSave(workspace)} aria-keyshortcuts="Control+S Meta+S" onClick={onSave}>
        <Save aria-hidden />
        Save version
      </Button>
      <Button variant={look('sign', whyNot('model.sign'))} disabledReason={whyNot('model.sign') ?? whyNotSign(workspace)} pending={quiet && !both} onClick={() => start(false)}>
        <FileSignature aria-hidden />
        {signed && !dirty ? 'Sign again' : 'Sign'}
      </Button>
      {both ? (
        <Button variant="primary" disabledReason={whyNotSign(workspace)} pending={quiet} onClick={() => start(true)}>
          <Hammer aria-hidden />
          Sign and build
        </Button>
      ) : (
        <Button variant={look('build', whyNot('build.request') ?? never)} disabledReason={whyNot('build.request') ?? whyNotBuild(workspace)} pending={build.isPending} onClick={() => build.mutate(started.signedRevision!)}>
          <Hammer aria-hidden />
          Build
        </Button>
      )}
      <SignDialog
        open={asking !== undefined}
        onOpenChange={(open) => !open && setAsking(undefined)}
        version={started.number}
        signedRevision={started.signedRevision}
        build={asking?.build ?? false}
        keys={keys}
        pending={sign.isPending || ask.isPending}
        step={sign.step}
        error={sign.error ?? ask.error}
        onSign={(plan) => sign.mutate(plan, { onSuccess: () => setAsking(undefined) })}
        onAsk={(plan) =>
          ask.mutate(plan, {
            onSuccess: (asked) => {
              setAsking(undefined);
              setOutside(asked);
            },
          })
        }
      />
      <SignOutside model={name} asked={outside} onClose={() => setOutside(undefined)} />
      <ModelMenu />
    </>
  );
}

function useSaveShortcut(save: () => void, enabled: boolean) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      if (enabled) save();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [save, enabled]);
}
