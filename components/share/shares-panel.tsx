'use client';

import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { ShareOpen, ShareView } from '@/lib/api/shares';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { formatBytes, formatDay, plural } from '../ui/format';
import { Section } from '../ui/page-header';
import { QueryFailed } from '../ui/query-failed';
import { Skeleton } from '../ui/skeleton';
import { Time } from '../ui/time';
import { useRevokeShare } from './mutations';
import { sharesQuery } from './queries';
import { ShareState } from './share-state';

/** The links to a build: whether they work, who opened them, and the end of each. */
export function SharesPanel({ build }: { build: number }) {
  const { slug } = useBrand();
  const shares = useQuery(sharesQuery(slug, build));
  return (
    <Section title="Links">
      {shares.isPending ? (
        <Skeleton className="h-14 w-full" />
      ) : shares.isError ? (
        <QueryFailed error={shares.error} onRetry={() => void shares.refetch()} />
      ) : shares.data.length === 0 ? (
        <p className="text-sm text-muted">Nobody outside of the brand can see this build.</p>
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {shares.data.map((share) => (
            <ShareRow key={share.id} share={share} />
          ))}
        </ul>
      )}
    </Section>
  );
}

/** How much of a file left. */
const sentOf = ({ sentBytes, sizeBytes, complete }: NonNullable<ShareOpen['download']>): string =>
  complete ? `all ${formatBytes(sizeBytes)}` : `${formatBytes(sentBytes)} of ${formatBytes(sizeBytes)}`;

function ShareRow({ share }: { share: ShareView }) {
  const { slug, whyNot } = useBrand();
  const revoke = useRevokeShare(slug, share.build);
  const [asking, setAsking] = useState(false);
  return (
    <li className="space-y-1.5 py-3">
      <div className="flex items-center justify-between gap-2">
        <ShareState state={share.state} />
        {share.state === 'active' && (
          <Button size="sm" variant="ghost" disabledReason={whyNot('share.revoke')} onClick={() => setAsking(true)}>
            Revoke
          </Button>
        )}
      </div>
      {share.note && <p className="wrap-anywhere">{share.note}</p>}
      <p className="text-sm text-muted">
        {share.revokedAt ? (
          <>
            Revoked <Time at={share.revokedAt} />
          </>
        ) : (
          <>
            {share.state === 'expired' ? 'Worked until' : 'Works until'} {formatDay(share.expiresAt)}
          </>
        )}
        {', made by '}
        {share.createdBy.name} <Time at={share.createdAt} />.
      </p>
      <details className="text-sm">
        <summary className="rounded text-muted marker:content-none hover:text-ink">
          {share.opens === 0 ? 'Never opened' : `Opened ${plural(share.opens, 'time')}`}
          {share.lastOpenedAt && (
            <>
              , last <Time at={share.lastOpenedAt} />
            </>
          )}
        </summary>
        <ol className="mt-2 space-y-1.5 border-l border-line pl-3">
          {share.log.map((open, i) => (
            <li key={`${open.at} ${i}`} className="text-xs text-muted">
              <Time at={open.at} /> · <span className="wrap-anywhere text-ink">{open.what}</span> ·{' '}
              {open.download && `${sentOf(open.download)} · `}
              <span className="font-mono">{open.address}</span>
              <span className="block truncate" title={open.userAgent}>
                {open.userAgent}
              </span>
            </li>
          ))}
        </ol>
      </details>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Revoke this link?"
        confirm="Revoke link"
        danger
        pending={revoke.isPending}
        error={revoke.error}
        onConfirm={() =>
          revoke.mutate(share.id, {
            onSuccess: () => {
              setAsking(false);
              notify.done('The link is revoked.', { description: 'It stopped working at once.' });
            },
          })
        }
      >
        <p>It stops working at once, for everybody who has it. A new link can be made at any time.</p>
      </ConfirmDialog>
    </li>
  );
}
