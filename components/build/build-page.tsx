'use client';

import Link from 'next/link';
import { useSuspenseQuery } from '@tanstack/react-query';
import { parseAsBoolean, useQueryState } from 'nuqs';
import type { BuildView, LogLine } from '@/lib/api/builds';
import { BUILD_ALLOWS, STAGE_WORDS } from '@/lib/build/states';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { NonProduction } from '../non-production';
import { ShareDialog } from '../share/share-dialog';
import { SharesPanel } from '../share/shares-panel';
import { SeededSnaps } from '../snap/seeded-snaps';
import { Fact, Facts } from '../ui/definition-list';
import { formatBytes, plural } from '../ui/format';
import { Notice } from '../ui/notice';
import { PageHeader, Section } from '../ui/page-header';
import { Elapsed, Time } from '../ui/time';
import { ArtifactList } from './artifact-list';
import { isEvidence } from './artifact-words';
import { BuildActions } from './build-actions';
import { BuildLog } from './build-log';
import { BuildState, BUILD_LOOKS } from './build-state';
import { useBuildStream } from './build-stream';
import { Evidence } from './evidence';
import { FailureCard } from './failure-card';
import { ImageWarnings } from './image-warnings';
import { ImagesKept } from './images-kept';
import { buildQuery } from './queries';
import { StageList } from './stage-list';
import { countDisks } from './volumes';

type Props = { number: number; log: LogLine[]; /** The log is whole and nothing will change. */ complete: boolean };

export function BuildPage({ number, log, complete }: Props) {
  const { slug, can, whyNot } = useBrand();
  const { data: build } = useSuspenseQuery(buildQuery(slug, number));
  const { lines, stream } = useBuildStream(slug, number, { log, complete });
  const [sharing, setSharing] = useQueryState('share', parseAsBoolean.withDefault(false));
  const shared = build.state === 'succeeded';
  return (
    <>
      <PageHeader
        title={`Build #${build.number}`}
        state={<BuildState state={build.state} cancelRequested={build.cancelRequested} size="md" />}
        description={
          <>
            <Link href={paths.model(slug, build.model)} className="link font-medium">
              {build.modelDisplayName || build.model}
            </Link>{' '}
            revision {build.revision}, requested <Time at={build.requestedAt} /> by {build.requestedBy.name}
          </>
        }
        actions={<BuildActions build={build} onShare={() => void setSharing(true)} />}
      />
      <p role="status" className="sr-only">
        {announce(build)}
      </p>
      <div className="mb-8 space-y-3 empty:hidden">
        <FailureCard build={build} slug={slug} />
        {build.queueAhead !== null && build.state === 'queued' && <Notice title={build.queueAhead === 0 ? 'Next in the queue' : `${plural(build.queueAhead, 'build')} ahead in the queue`}>It starts by itself as soon as a worker is free.</Notice>}
        {!build.production && build.state !== 'failed' && build.state !== 'cancelled' && <NonProduction what="image" />}
        <ImageWarnings warnings={build.warnings} />
      </div>
      <div className="grid grid-cols-1 items-start gap-x-10 gap-y-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <aside className="space-y-8 lg:order-last" aria-label="Facts and files">
          <BuildFacts build={build} />
          {build.artifacts.length > 0 && (
            <Section title="Files">
              <ArtifactList artifacts={build.artifacts.filter((artifact) => !isEvidence(artifact))} href={(artifact) => paths.artifact(slug, build.number, artifact.fileName)} refused={whyNot('artifact.download')} />
              {!can('artifact.download') && <p className="mt-2 text-sm text-muted">{whyNot('artifact.download')}</p>}
            </Section>
          )}
          {shared && <SharesPanel build={build.number} />}
        </aside>
        <div className="min-w-0">
          <Section title="Stages">
            <StageList stages={build.stages} />
          </Section>
          <Section title="Log">
            <BuildLog lines={lines} stream={stream} />
          </Section>
        </div>
      </div>
      {build.artifacts.some(isEvidence) && (
        <Evidence
          build={build}
          href={(artifact) => paths.artifact(slug, build.number, artifact.fileName)}
          refused={whyNot('artifact.download')}
          keyHelp={
            <>
              It is the brand’s own: <Link href={paths.keys(slug)} className="link">see Keys</Link>.
            </>
          }
        />
      )}
      {build.snaps.length > 0 && (
        <Section title="Snaps" description={`${plural(build.snaps.length, 'snap')}, ${formatBytes(build.snaps.reduce((sum, snap) => sum + snap.sizeBytes, 0))} in all.`}>
          <SeededSnaps snaps={build.snaps} />
        </Section>
      )}
      {shared && <ShareDialog build={build} open={sharing && can('share.create')} onOpenChange={(open) => void setSharing(open || null)} />}
    </>
  );
}

function BuildFacts({ build }: { build: BuildView }) {
  return (
    <Facts className="sm:grid-cols-2">
      <Fact label="Version">
        {build.version} <span className="text-muted">as revision {build.revision}</span>
      </Fact>
      <Fact label="Image">
        {build.imageBytes === null ? <span className="text-muted">{BUILD_ALLOWS[build.state].final ? 'none' : 'none yet'}</span> : formatBytes(build.imageBytes)}
        {countDisks(build.artifacts) > 1 && <span className="text-muted"> in {plural(countDisks(build.artifacts), 'volume')}</span>}
      </Fact>
      <Fact label={build.startedAt && !build.finishedAt ? 'Running for' : 'Took'}>{build.startedAt ? <Elapsed from={build.startedAt} to={build.finishedAt} className="tabular" /> : <span className="text-muted">not started</span>}</Fact>
      <Fact label={build.finishedAt ? 'Finished' : 'Requested'}>
        <Time at={build.finishedAt ?? build.requestedAt} />
      </Fact>
      <ImagesKept build={build} />
      {build.attempt > 1 && (
        <Fact label="Attempt" className="col-span-2">
          {build.attempt} <span className="text-muted">(an earlier one was lost or failed for a passing reason)</span>
        </Fact>
      )}
    </Facts>
  );
}

/** For those who hear the page: one sentence a stage. */
function announce(build: BuildView): string {
  const now = build.stages.find((stage) => stage.state === 'running');
  return build.state === 'running' && now ? `${STAGE_WORDS[now.name]} is running.` : `Build ${build.number}: ${BUILD_LOOKS[build.state].word}.`;
}
