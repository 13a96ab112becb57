'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { parseAsBoolean, useQueryState } from 'nuqs';
import type { KeyView } from '@/lib/api/keys';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { NonProductionBadge } from '../non-production';
import { Digest } from '../ui/digest';
import { EmptyState } from '../ui/empty-state';
import { formatDay, plural } from '../ui/format';
import { PageHeader } from '../ui/page-header';
import { RowLink } from '../ui/row-link';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { AddKeyMenu } from './add-key-menu';
import { BuildKeys } from './build-keys';
import { CustodyBadge } from './custody';
import { KeyState } from './key-state';
import { NewKeyButton, NewKeyDialog } from './new-key-dialog';
import { keysQuery } from './queries';
import { RegisterButton } from './register-button';

export function KeysView() {
  const { slug, can } = useBrand();
  const { data: keys } = useSuspenseQuery(keysQuery(slug));
  const [creating, setCreating] = useQueryState('new', parseAsBoolean.withDefault(false));
  const open = () => void setCreating(true);
  return (
    <>
      <PageHeader title="Keys" description="Keys sign your models. A private half is sealed on this console, or never comes here." actions={<Ways keys={keys} onNew={open} />} />
      {keys.length === 0 ? (
        <EmptyState icon={KeyRound} title="No keys yet" action={<NewKeyButton onClick={open} />}>
          A model is worth what its signature is worth. Imprint makes a key, seals it, and has the store confirm that it is yours.
        </EmptyState>
      ) : (
        <KeysTable keys={keys} />
      )}
      <BuildKeys />
      <NewKeyDialog open={creating && can('key.create')} onOpenChange={(next) => void setCreating(next || null)} keys={keys} />
    </>
  );
}

function Ways({ keys, onNew }: { keys: KeyView[]; onNew: () => void }) {
  return (
    <>
      <AddKeyMenu keys={keys} />
      {keys.length > 0 && <NewKeyButton onClick={onNew} />}
    </>
  );
}

const onEmbeddedRoot = (key: KeyView): boolean => !key.production && key.registeredAt !== null;

function KeysTable({ keys }: { keys: KeyView[] }) {
  const { slug } = useBrand();
  return (
    <Table label="Keys">
      <THead>
        <tr>
          <Th>Name</Th>
          <Th>State</Th>
          <Th className="max-lg:hidden">Key id</Th>
          <Th className="max-md:hidden">Valid</Th>
          <Th className="max-sm:hidden">Used by</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </THead>
      <TBody>
        {keys.map((key) => (
          <Tr key={key.name}>
            <Td className="max-w-90">
              <RowLink href={paths.key(slug, key.name)} className="font-mono text-sm wrap-anywhere">
                {key.name}
              </RowLink>
              {key.problem && <p className="mt-0.5 line-clamp-2 text-sm text-danger">{key.problem}</p>}
            </Td>
            <Td>
              <span className="flex flex-wrap items-center gap-1.5">
                <KeyState state={key.state} />
                <CustodyBadge custody={key.custody} />
                {onEmbeddedRoot(key) && <NonProductionBadge />}
              </span>
            </Td>
            <Td className="max-lg:hidden">
              <Digest value={key.keyId} label={`id of key ${key.name}`} />
            </Td>
            <Td className="whitespace-nowrap max-md:hidden">{validity(key)}</Td>
            <Td className="whitespace-nowrap text-muted max-sm:hidden">{key.usedBy.models.length === 0 ? 'nothing yet' : plural(key.usedBy.models.length, 'model')}</Td>
            <Td className="text-right">
              <RegisterButton view={key} />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function validity(key: KeyView) {
  if (!key.since) {
    return (
      <span className="text-muted">
        made <Time at={key.createdAt} />
      </span>
    );
  }
  return (
    <span className="tabular">
      {formatDay(key.since)} – {key.until ? formatDay(key.until) : 'no end'}
    </span>
  );
}
