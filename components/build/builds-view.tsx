'use client';

import { useDeferredValue } from 'react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Hammer, SearchX } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { BUILD_STATES } from '@/lib/build/states';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { FilterChip } from '../ui/filter-chip';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { Button } from '../ui/button';
import { MoreButton } from '../ui/more-button';
import { PageHeader } from '../ui/page-header';
import { QueryFailed } from '../ui/query-failed';
import { SearchInput } from '../ui/search-input';
import { TableSkeleton } from '../ui/skeleton';
import { BUILD_LOOKS } from './build-state';
import { BuildsTable } from './builds-table';
import { buildsQuery } from './queries';
import { RetentionButton, RetentionWords } from './retention-dialog';

const FILTER = { q: parseAsString.withDefault(''), state: parseAsStringLiteral(BUILD_STATES), model: parseAsString.withDefault('') };

export function BuildsView() {
  const { slug } = useBrand();
  const [filter, setFilter] = useQueryStates(FILTER);
  const asked = useDeferredValue(filter);
  const builds = useInfiniteQuery({ ...buildsQuery(slug, asked), placeholderData: keepPreviousData });
  const items = builds.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = filter.q !== '' || filter.state !== null || filter.model !== '';
  return (
    <>
      <PageHeader
        title="Builds"
        description={
          <>
            Every image that was made, or tried. <RetentionWords />
          </>
        }
        actions={<RetentionButton />}
      />
      {(items.length > 0 || filtered) && (
        <div className="mb-4 flex flex-wrap items-center gap-2">
          <SearchInput label="Search builds" placeholder="Model or build number" value={filter.q} onValueChange={(q) => void setFilter({ q: q || null })} busy={builds.isFetching && !builds.isFetchingNextPage && filter.q !== ''} className="w-64 max-sm:w-full" />
          {BUILD_STATES.map((state) => (
            <FilterChip key={state} pressed={filter.state === state} onClick={() => void setFilter({ state: filter.state === state ? null : state })}>
              {BUILD_LOOKS[state].word}
            </FilterChip>
          ))}
          {filter.model && (
            <FilterChip pressed onClick={() => void setFilter({ model: null })}>
              Model {filter.model}
            </FilterChip>
          )}
        </div>
      )}
      {builds.isPending ? (
        <TableSkeleton />
      ) : builds.isError ? (
        <QueryFailed error={builds.error} onRetry={() => void builds.refetch()} />
      ) : items.length > 0 ? (
        <>
          <BuildsTable builds={items} />
          <MoreButton query={builds}>Show older builds</MoreButton>
        </>
      ) : filtered ? (
        <EmptyState icon={SearchX} title="No build fits" action={<Button onClick={() => void setFilter(null)}>Clear filters</Button>}>
          No build of this brand has these words or this state.
        </EmptyState>
      ) : (
        <EmptyState
          icon={Hammer}
          title="Nothing built yet"
          action={
            <LinkButton variant="primary" href={paths.models(slug)}>
              Go to models
            </LinkButton>
          }
        >
          A build turns a signed model into an image that boots. Sign a model, then build it from its page.
        </EmptyState>
      )}
    </>
  );
}
