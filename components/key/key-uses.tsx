'use client';

import Link from 'next/link';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { KeyPurpose, KeyUseView } from '@/lib/api/keys';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { Badge } from '../ui/badge';
import { Digest } from '../ui/digest';
import { MoreButton } from '../ui/more-button';
import { QueryFailed } from '../ui/query-failed';
import { TableSkeleton } from '../ui/skeleton';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { keySignaturesQuery, keyUsesQuery } from './queries';

/** Which revisions a key has signed, and the builds that were made of them. */
export function KeySignatures({ name }: { name: string }) {
  const { slug } = useBrand();
  const rows = useInfiniteQuery(keySignaturesQuery(slug, name));
  if (rows.isPending) return <TableSkeleton rows={3} />;
  if (rows.isError) return <QueryFailed error={rows.error} onRetry={() => void rows.refetch()} />;
  const items = rows.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <p className="text-muted">It has signed no model yet.</p>;
  return (
    <>
      <Table label="Signed models">
        <THead>
          <tr>
            <Th>Model</Th>
            <Th numeric>Version</Th>
            <Th numeric>Revision</Th>
            <Th>Builds</Th>
            <Th className="max-sm:hidden">Signed</Th>
          </tr>
        </THead>
        <TBody>
          {items.map(({ model, version, revision, signedAt, signedBy, builds }) => (
            <Tr key={`${model}/${revision}`}>
              <Td>
                <Link href={paths.model(slug, model)} className="link font-mono text-sm wrap-anywhere">
                  {model}
                </Link>
              </Td>
              <Td numeric>{version}</Td>
              <Td numeric>{revision}</Td>
              <Td>
                {builds.length === 0 ? (
                  <span className="text-muted">none</span>
                ) : (
                  <span className="flex flex-wrap gap-x-2">
                    {builds.map((number) => (
                      <Link key={number} href={paths.build(slug, number)} className="link tabular">
                        {number}
                      </Link>
                    ))}
                  </span>
                )}
              </Td>
              <Td className="max-sm:hidden">
                <Time at={signedAt} /> by {signedBy.name}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      <MoreButton query={rows}>Show older signatures</MoreButton>
    </>
  );
}

const PURPOSE: Record<KeyPurpose, string> = { model: 'Model', request: 'Registration', digest: 'Digest', backup: 'Backup', drill: 'Restore drill' };

/** Every use, by whom and what for. Rows are only ever added. */
export function KeyUses({ name }: { name: string }) {
  const { slug } = useBrand();
  const rows = useInfiniteQuery(keyUsesQuery(slug, name));
  if (rows.isPending) return <TableSkeleton rows={3} />;
  if (rows.isError) return <QueryFailed error={rows.error} onRetry={() => void rows.refetch()} />;
  const items = rows.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <p className="text-muted">It was not used yet.</p>;
  return (
    <>
      <Table label="Log of uses">
        <THead>
          <tr>
            <Th>For</Th>
            <Th>What came of it</Th>
            <Th className="max-md:hidden">SHA-512</Th>
            <Th>Who</Th>
            <Th>When</Th>
          </tr>
        </THead>
        <TBody>
          {items.map((use) => (
            <Use key={use.id} use={use} />
          ))}
        </TBody>
      </Table>
      <MoreButton query={rows}>Show older uses</MoreButton>
    </>
  );
}

const Use = ({ use: { purpose, subject, digest, actor, token, at } }: { use: KeyUseView }) => (
  <Tr>
    <Td>
      <Badge>{PURPOSE[purpose]}</Badge>
    </Td>
    <Td className="wrap-anywhere">{subject}</Td>
    <Td className="max-md:hidden">{digest ? <Digest value={digest} label="SHA-512" /> : <span className="text-muted">nothing signed</span>}</Td>
    <Td>
      {actor.name}
      {token && <span className="block text-sm text-muted">by API token {token}</span>}
    </Td>
    <Td className="whitespace-nowrap text-muted">
      <Time at={at} />
    </Td>
  </Tr>
);
