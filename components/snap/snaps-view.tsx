'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Blocks } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useBrand } from '../brand/brand-context';
import { EmptyState } from '../ui/empty-state';
import { FilterChip } from '../ui/filter-chip';
import { PageHeader } from '../ui/page-header';
import { QueryFailed } from '../ui/query-failed';
import { SearchInput } from '../ui/search-input';
import { Select } from '../ui/select';
import { TableSkeleton } from '../ui/skeleton';
import { useDebounced } from '../ui/use-debounced';
import { snapsQuery } from './queries';
import { SnapDialog } from './snap-dialog';
import { SnapRow } from './snap-row';

const ARCHITECTURES = ['amd64', 'arm64', 'armhf', 'riscv64', 's390x', 'ppc64el'] as const;
const TYPES = ['app', 'gadget', 'kernel', 'base', 'snapd'] as const;
const FILTER = { q: parseAsString.withDefault(''), architecture: parseAsStringLiteral(ARCHITECTURES).withDefault('amd64'), type: parseAsStringLiteral(TYPES), snap: parseAsString };

export function SnapsView() {
  const { slug } = useBrand();
  const [filter, setFilter] = useQueryStates(FILTER);
  const { architecture, type } = filter;
  const q = useDebounced(filter.q.trim());
  const snaps = useQuery({ ...snapsQuery(slug, { q, architecture, type }), placeholderData: keepPreviousData });
  return (
    <>
      <PageHeader title="Snaps" description="What the store has for your models. Models take snaps from here by their name; ids are filled in for you." />
      <div className="mb-5 flex flex-wrap items-center gap-2">
        <SearchInput label="Search the store" placeholder="Search the store" value={filter.q} onValueChange={(value) => void setFilter({ q: value || null })} busy={snaps.isFetching} className="w-72 max-sm:w-full" />
        <Select mono aria-label="Architecture" value={architecture} onChange={(event) => void setFilter({ architecture: event.target.value as (typeof ARCHITECTURES)[number] })} className="w-28">
          {ARCHITECTURES.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
        {TYPES.map((each) => (
          <FilterChip key={each} pressed={type === each} onClick={() => void setFilter({ type: type === each ? null : each })}>
            {each}
          </FilterChip>
        ))}
      </div>
      {snaps.isPending ? (
        <div role="status" aria-label="Asking the store">
          <TableSkeleton rows={6} />
        </div>
      ) : snaps.isError ? (
        <QueryFailed error={snaps.error} onRetry={() => void snaps.refetch()} />
      ) : snaps.data.length === 0 ? (
        <EmptyState icon={Blocks} title={q ? `Nothing for “${q}”` : 'Nothing found'}>
          The store has no such snap for {architecture}
          {type ? ` of type ${type}` : ''}. Try another word{type ? ', or any type' : ''}.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line border-y border-line" aria-label="Snaps found">
          {snaps.data.map((snap) => (
            <li key={snap.snapId || snap.name} className="relative px-2 py-3 hover:bg-hover/60">
              <SnapRow
                snap={snap}
                name={
                  <button
                    type="button"
                    onClick={() => void setFilter({ snap: snap.name }, { history: 'push' })}
                    className="text-left after:absolute after:inset-0 hover:text-accent-ink focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
                  >
                    {snap.title || snap.name}
                  </button>
                }
              />
            </li>
          ))}
        </ul>
      )}
      <SnapDialog name={filter.snap} architecture={architecture} onClose={() => void setFilter({ snap: null })} />
    </>
  );
}
