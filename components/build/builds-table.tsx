'use client';

import type { BuildSummary } from '@/lib/api/builds';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { NonProductionBadge } from '../non-production';
import { formatBytes } from '../ui/format';
import { RowLink } from '../ui/row-link';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Elapsed, Time } from '../ui/time';
import { BuildState } from './build-state';
import { StageBar } from './stage-bar';

/** Builds as rows. `withModel={false}` on a model's own page. */
export function BuildsTable({ builds, withModel = true, label = 'Builds' }: { builds: BuildSummary[]; withModel?: boolean; label?: string }) {
  const { slug } = useBrand();
  return (
    <Table label={label}>
      <THead>
        <tr>
          <Th>Build</Th>
          <Th>State</Th>
          <Th className="w-36 max-md:hidden">Stages</Th>
          <Th className="max-lg:hidden">Version</Th>
          <Th className="max-sm:hidden">Requested</Th>
          <Th numeric className="max-md:hidden">
            Took
          </Th>
          <Th numeric className="max-sm:hidden">
            Image
          </Th>
        </tr>
      </THead>
      <TBody>
        {builds.map((build) => (
          <Tr key={build.number}>
            <Td className="max-w-80">
              <RowLink href={paths.build(slug, build.number)} className="wrap-anywhere">
                <span className="tabular">#{build.number}</span>
                {withModel && <span className="ml-2">{build.modelDisplayName || build.model}</span>}
              </RowLink>
              <span className="block text-xs text-muted sm:hidden">
                <Time at={build.requestedAt} /> by {build.requestedBy.name}
              </span>
            </Td>
            <Td>
              <span className="flex flex-wrap items-center gap-1.5">
                <BuildState state={build.state} cancelRequested={build.cancelRequested} />
                {!build.production && <NonProductionBadge className="max-xl:hidden" />}
              </span>
            </Td>
            <Td className="max-md:hidden">
              <StageBar stages={build.stages} className="w-32" />
            </Td>
            <Td className="whitespace-nowrap max-lg:hidden">
              {build.version} <span className="text-muted">rev {build.revision}</span>
            </Td>
            <Td className="max-sm:hidden">
              <span className="block whitespace-nowrap">
                <Time at={build.requestedAt} />
              </span>
              <span className="block max-w-40 truncate text-xs text-muted">{build.requestedBy.name}</span>
            </Td>
            <Td numeric className="max-md:hidden">
              {build.startedAt ? <Elapsed from={build.startedAt} to={build.finishedAt} /> : <span className="text-faint">–</span>}
            </Td>
            <Td numeric className="max-sm:hidden">
              {build.imageBytes === null ? <span className="text-faint">–</span> : formatBytes(build.imageBytes)}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
