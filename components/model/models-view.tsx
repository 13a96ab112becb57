'use client';

import { useDeferredValue, useState } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { FileBadge, FileInput, Plus, SearchX } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import type { ModelSummary } from '@/lib/api/models';
import { baseWords } from '@/lib/model/bases';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { BuildState } from '../build/build-state';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { messageOf } from '../ui/error-message';
import { LinkButton } from '../ui/link-button';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { RowLink } from '../ui/row-link';
import { SearchInput } from '../ui/search-input';
import { TableSkeleton } from '../ui/skeleton';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { ImportModel } from './import-dialog';
import { modelsQuery } from './queries';
import { unsavedKey, useUnsaved } from './unsaved';

export function ModelsView() {
  const { slug } = useBrand();
  const [q, setQ] = useQueryState('q', parseAsString.withDefault('').withOptions({ throttleMs: 200 }));
  const query = useInfiniteQuery(modelsQuery(slug, useDeferredValue(q.trim())));
  const models = query.data?.pages.flatMap((page) => page.items) ?? [];
  const none = query.isSuccess && models.length === 0;
  const first = none && q === '';
  return (
    <>
      <PageHeader title="Models" description="What a device is made of: base, snaps, grade. Signed, an image is built from it." actions={!first && <NewModelButtons />} />
      {query.error && (
        <Notice tone="danger" role="alert" className="mb-4">
          {messageOf(query.error)}
        </Notice>
      )}
      {first ? (
        <EmptyState icon={FileBadge} title="No models yet" action={<NewModelButtons />}>
          Choose a board, and a sound model is filled in for it: gadget, kernel, base and snapd, ready to be signed.
        </EmptyState>
      ) : (
        <>
          <SearchInput className="mb-3 sm:w-80" label="Search models" placeholder="Search models" value={q} onValueChange={(text) => void setQ(text || null)} busy={query.isFetching && query.isPlaceholderData} />
          {query.isPending ? (
            <TableSkeleton />
          ) : none ? (
            <EmptyState icon={SearchX} title="No model is called that" action={<Button onClick={() => void setQ(null)}>Show all models</Button>}>
              Nothing matches “{q}” by name or display name.
            </EmptyState>
          ) : (
            <ModelsTable models={models} />
          )}
          {query.hasNextPage && (
            <div className="mt-4 text-center">
              <Button pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show more
              </Button>
            </div>
          )}
        </>
      )}
    </>
  );
}

function NewModelButtons() {
  const { slug, whyNot } = useBrand();
  const [importing, setImporting] = useState(false);
  return (
    <>
      <Button disabledReason={whyNot('model.edit')} onClick={() => setImporting(true)}>
        <FileInput aria-hidden />
        Import
      </Button>
      <LinkButton variant="primary" href={paths.newModel(slug)} disabledReason={whyNot('model.edit')}>
        <Plus aria-hidden />
        New model
      </LinkButton>
      <ImportModel open={importing} onOpenChange={setImporting} />
    </>
  );
}

function ModelsTable({ models }: { models: ModelSummary[] }) {
  return (
    <Table label="Models">
      <THead>
        <tr>
          <Th>Name</Th>
          <Th className="max-md:hidden">Base</Th>
          <Th className="max-lg:hidden">Architecture</Th>
          <Th className="max-lg:hidden">Grade</Th>
          <Th className="max-sm:hidden">Version</Th>
          <Th className="max-md:hidden">Signed</Th>
          <Th>Last build</Th>
          <Th className="max-lg:hidden">Changed</Th>
        </tr>
      </THead>
      <TBody>
        {models.map((model) => (
          <ModelRow key={model.name} model={model} />
        ))}
      </TBody>
    </Table>
  );
}

function ModelRow({ model }: { model: ModelSummary }) {
  const { slug } = useBrand();
  const unsaved = useUnsaved(unsavedKey(slug, model.name));
  const { name, displayName, base, architecture, grade, latestVersion, signed, lastBuild } = model;
  return (
    <Tr>
      <Td className="max-w-90 min-w-40 py-2.5">
        <RowLink href={paths.model(slug, name)} className="wrap-anywhere">
          {displayName || name}
        </RowLink>
        <span className="block font-mono text-xs text-muted wrap-anywhere">{name}</span>
        <span className="block text-xs text-muted md:hidden">
          {baseWords(base)} · {architecture}
        </span>
        {unsaved && <span className="block text-xs text-warn">Unsaved changes in this tab</span>}
      </Td>
      <Td className="whitespace-nowrap max-md:hidden">{baseWords(base)}</Td>
      <Td className="font-mono text-sm max-lg:hidden">{architecture}</Td>
      <Td className="max-lg:hidden">{grade && <Badge>{grade}</Badge>}</Td>
      <Td className="tabular max-sm:hidden">{latestVersion}</Td>
      <Td className="whitespace-nowrap max-md:hidden">{signed ? <Signed {...signed} latest={latestVersion} /> : <span className="text-muted">not yet</span>}</Td>
      <Td className="whitespace-nowrap">{lastBuild ? <BuildState state={lastBuild.state} /> : <span className="text-muted">none</span>}</Td>
      <Td className="whitespace-nowrap text-muted max-lg:hidden">
        <Time at={model.updatedAt} />
      </Td>
    </Tr>
  );
}

const Signed = ({ revision, version, latest }: { revision: number; version: number; latest: number }) => (
  <>
    revision {revision}
    {version !== latest && <span className="text-muted"> of version {version}</span>}
  </>
);
