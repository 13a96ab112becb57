'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText, SearchX } from 'lucide-react';
import { parseAsString, useQueryStates } from 'nuqs';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { MoreButton } from '../ui/more-button';
import { PageHeader } from '../ui/page-header';
import { QueryFailed } from '../ui/query-failed';
import { SearchInput } from '../ui/search-input';
import { Select } from '../ui/select';
import { TableSkeleton } from '../ui/skeleton';
import { useDebounced } from '../ui/use-debounced';
import { AuditRow } from './audit-row';
import { auditQuery } from './queries';

/** What can be filtered by; the log may hold more. */
const ACTIONS: [string, string][] = [
  ['key.create', 'Key made'],
  ['key.register', 'Key registered'],
  ['key.refuse', 'Key refused by the store'],
  ['key.retire', 'Key retired'],
  ['key.import', 'Key imported'],
  ['key.enrol', 'Key enrolled'],
  ['key.rotate', 'Key replaced'],
  ['key.backup', 'Key backed up'],
  ['key.drill', 'Backup proven'],
  ['key.sign', 'Digest signed'],
  ['build-key.create', 'Build key made'],
  ['build-key.replace', 'Build key replaced'],
  ['build-key.use', 'Provenance signed'],
  ['model.create', 'Model created'],
  ['model.save', 'Version saved'],
  ['model.sign', 'Model signed'],
  ['build.request', 'Build requested'],
  ['build.publish', 'Image built'],
  ['build.fail', 'Build failed'],
  ['build.cancel', 'Build cancelled'],
  ['artifact.delete', 'Images deleted'],
  ['share.create', 'Link created'],
  ['share.revoke', 'Link revoked'],
  ['token.create', 'API token created'],
  ['token.revoke', 'API token revoked'],
  ['session.start', 'Signed in'],
  ['session.end', 'Signed out'],
];

const FILTER = { q: parseAsString.withDefault(''), action: parseAsString.withDefault('') };

export function AuditView() {
  const { slug, brand } = useBrand();
  const [filter, setFilter] = useQueryStates(FILTER);
  const q = useDebounced(filter.q.trim());
  const rows = useInfiniteQuery({ ...auditQuery(slug, { q, action: filter.action }), placeholderData: keepPreviousData });
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = filter.q !== '' || filter.action !== '';
  return (
    <>
      <PageHeader title="Audit" description={`Every change in ${brand.name}: who, what, when, from where. Rows are only ever added.`} />
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchInput label="Search the audit log" placeholder="Person, thing or words" value={filter.q} onValueChange={(value) => void setFilter({ q: value || null })} busy={rows.isFetching && !rows.isFetchingNextPage && filtered} className="w-72 max-sm:w-full" />
        <Select aria-label="Kind of change" value={filter.action} onChange={(event) => void setFilter({ action: event.target.value || null })} className="w-48">
          <option value="">Every change</option>
          {ACTIONS.map(([action, words]) => (
            <option key={action} value={action}>
              {words}
            </option>
          ))}
        </Select>
      </div>
      {rows.isPending ? (
        <TableSkeleton rows={8} />
      ) : rows.isError ? (
        <QueryFailed error={rows.error} onRetry={() => void rows.refetch()} />
      ) : items.length > 0 ? (
        <>
          <ol className="divide-y divide-line border-y border-line">
            {items.map((row) => (
              <AuditRow key={row.id} row={row} brand={slug} />
            ))}
          </ol>
          <MoreButton query={rows}>Show older changes</MoreButton>
        </>
      ) : filtered ? (
        <EmptyState icon={SearchX} title="Nothing fits" action={<Button onClick={() => void setFilter(null)}>Clear filters</Button>}>
          No change in the log has these words or is of this kind.
        </EmptyState>
      ) : (
        <EmptyState icon={ScrollText} title="Nothing has happened yet">
          The first change in this brand becomes the first row.
        </EmptyState>
      )}
    </>
  );
}
