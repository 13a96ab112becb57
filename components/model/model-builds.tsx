'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Hammer } from 'lucide-react';
import type { BuildSummary } from '@/lib/api/builds';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { BuildState } from '../build/build-state';
import { NonProductionBadge } from '../non-production';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { messageOf } from '../ui/error-message';
import { formatBytes, formatDuration } from '../ui/format';
import { Notice } from '../ui/notice';
import { RowLink } from '../ui/row-link';
import { TableSkeleton } from '../ui/skeleton';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { modelBuildsQuery } from './queries';
import { useWorkspace } from './workspace';

/** Builds of this model, the newest first. */
export function ModelBuilds() {
  const { slug } = useBrand();
  const { name } = useWorkspace();
  const query = useInfiniteQuery(modelBuildsQuery(slug, name));
  const builds = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <TableSkeleton rows={4} />;
  if (query.error) {
    return (
      <Notice tone="danger" role="alert">
        {messageOf(query.error)}
      </Notice>
    );
  }
  if (builds.length === 0) {
    return (
      <EmptyState icon={Hammer} title="Not built yet">
        An image is built from a signed version. The button for the next step is at the top of this page.
      </EmptyState>
    );
  }
  return (
    <>
      <Table label="Builds of this model">
        <THead>
          <tr>
            <Th>Build</Th>
            <Th>State</Th>
            <Th className="max-sm:hidden">Revision</Th>
            <Th className="max-md:hidden">Asked by</Th>
            <Th className="max-sm:hidden">Asked</Th>
            <Th numeric className="max-md:hidden">
              Took
            </Th>
            <Th numeric>Image</Th>
          </tr>
        </THead>
        <TBody>
          {builds.map((build) => (
            <BuildRow key={build.number} build={build} />
          ))}
        </TBody>
      </Table>
      {query.hasNextPage && (
        <div className="mt-4 text-center">
          <Button pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function BuildRow({ build }: { build: BuildSummary }) {
  const { slug } = useBrand();
  const took = build.startedAt && build.finishedAt ? Date.parse(build.finishedAt) - Date.parse(build.startedAt) : undefined;
  return (
    <Tr>
      <Td className="whitespace-nowrap">
        <RowLink href={paths.build(slug, build.number)} className="tabular">
          #{build.number}
        </RowLink>
      </Td>
      <Td>
        <span className="flex flex-wrap items-center gap-1.5">
          <BuildState state={build.state} cancelRequested={build.cancelRequested} />
          {!build.production && <NonProductionBadge />}
        </span>
      </Td>
      <Td className="whitespace-nowrap max-sm:hidden">
        {build.revision} <span className="text-muted">of version {build.version}</span>
      </Td>
      <Td className="max-md:hidden">{build.requestedBy.name}</Td>
      <Td className="whitespace-nowrap text-muted max-sm:hidden">
        <Time at={build.requestedAt} />
      </Td>
      <Td numeric className="max-md:hidden">
        {took === undefined ? '–' : formatDuration(took)}
      </Td>
      <Td numeric>{build.imageBytes === null ? '–' : formatBytes(build.imageBytes)}</Td>
    </Tr>
  );
}
