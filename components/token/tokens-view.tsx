'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { SquareTerminal } from 'lucide-react';
import { parseAsBoolean, useQueryState } from 'nuqs';
import type { TokenView } from '@/lib/api/tokens';
import { useBrand } from '../brand/brand-context';
import { Badge } from '../ui/badge';
import { EmptyState } from '../ui/empty-state';
import { formatDay } from '../ui/format';
import { PageHeader } from '../ui/page-header';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { NewTokenButton, NewTokenDialog } from './new-token-dialog';
import { tokensQuery } from './queries';
import { RevokeToken } from './revoke-token';
import { TokenState, WHY_NOT } from './token-state';

/** One's own API tokens; an owner sees everybody's, since a token outlives the day. */
export function TokensView() {
  const { slug, brand, role, can } = useBrand();
  const { data: tokens } = useSuspenseQuery(tokensQuery(slug));
  const [creating, setCreating] = useQueryState('new', parseAsBoolean.withDefault(false));
  const open = () => void setCreating(true);
  return (
    <>
      <PageHeader
        title="API tokens"
        description={`A program that bears one acts for its person in ${brand.name}, within the scopes it was given. ${role === 'owner' ? 'As an owner you see everybody’s.' : 'You see your own.'}`}
        actions={tokens.length > 0 && <NewTokenButton onClick={open} />}
      />
      {tokens.length === 0 ? (
        <EmptyState icon={SquareTerminal} title="No API tokens yet" action={<NewTokenButton onClick={open} />}>
          With one, a pipeline builds your images, or snap sign on your laptop signs with a key that stays here.
        </EmptyState>
      ) : (
        <TokensTable tokens={tokens} />
      )}
      <NewTokenDialog open={creating && can('token.create')} onOpenChange={(next) => void setCreating(next || null)} />
    </>
  );
}

const TokensTable = ({ tokens }: { tokens: TokenView[] }) => (
  <Table label="API tokens">
    <THead>
      <tr>
        <Th>Name</Th>
        <Th>State</Th>
        <Th className="max-md:hidden">May</Th>
        <Th className="max-sm:hidden">Last used</Th>
        <Th className="max-lg:hidden">Works until</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </tr>
    </THead>
    <TBody>
      {tokens.map((token) => (
        <Tr key={token.id}>
          <Td className="max-w-90">
            <span className="block font-medium wrap-anywhere">{token.name}</span>
            {!token.mine && <span className="block text-sm wrap-anywhere text-muted">acts for {token.owner.name}</span>}
            <div className="mt-1 md:hidden">
              <Scopes token={token} />
            </div>
            {(token.state === 'active' || token.state === 'asleep') && <p className="mt-1 text-sm text-muted lg:hidden">until {formatDay(token.expiresAt)}</p>}
            {WHY_NOT[token.state] && <p className="mt-0.5 text-sm text-warn">{WHY_NOT[token.state]}</p>}
          </Td>
          <Td>
            <TokenState state={token.state} />
          </Td>
          <Td className="max-md:hidden">
            <Scopes token={token} />
          </Td>
          <Td className="whitespace-nowrap text-muted max-sm:hidden">
            <LastUse token={token} />
          </Td>
          <Td className="whitespace-nowrap tabular max-lg:hidden">
            <End token={token} />
          </Td>
          <Td className="text-right">
            <RevokeToken token={token} />
          </Td>
        </Tr>
      ))}
    </TBody>
  </Table>
);

const Scopes = ({ token }: { token: TokenView }) => (
  <span className="flex flex-wrap gap-1">
    {token.scopes.map((scope) => (
      <Badge key={scope} tone={scope === 'sign' ? 'accent' : 'neutral'}>
        {scope}
      </Badge>
    ))}
  </span>
);

function LastUse({ token }: { token: TokenView }) {
  if (!token.lastUsedAt) return 'never';
  return (
    <span title={token.lastUsedAddress ? `from ${token.lastUsedAddress}` : undefined}>
      <Time at={token.lastUsedAt} />
    </span>
  );
}

function End({ token }: { token: TokenView }) {
  if (!token.revokedAt) return formatDay(token.expiresAt);
  const by = token.revokedBy;
  return (
    <span className="text-muted">
      revoked <Time at={token.revokedAt} />
      {by && ` by ${by.name}`}
    </span>
  );
}
