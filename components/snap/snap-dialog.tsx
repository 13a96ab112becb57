'use client';

import { useQuery } from '@tanstack/react-query';
import type { SnapView } from '@/lib/api/snaps';
import { useBrand } from '../brand/brand-context';
import { Badge } from '../ui/badge';
import { Fact, Facts } from '../ui/definition-list';
import { Dialog, DialogContent } from '../ui/dialog';
import { Digest } from '../ui/digest';
import { formatBytes } from '../ui/format';
import { QueryFailed } from '../ui/query-failed';
import { TableSkeleton } from '../ui/skeleton';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Publisher } from './publisher';
import { snapQuery } from './queries';
import { snapTypeWords } from './snap-type';

type Props = { name: string | null; architecture: string; onClose: () => void };

/** One snap of the store with its channels; its address is `?snap=`. */
export function SnapDialog({ name, architecture, onClose }: Props) {
  return (
    <Dialog open={name !== null} onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={<span className="font-mono">{name}</span>} width="lg">
        {name && <SnapFacts name={name} architecture={architecture} />}
      </DialogContent>
    </Dialog>
  );
}

function SnapFacts({ name, architecture }: { name: string; architecture: string }) {
  const { slug } = useBrand();
  const snap = useQuery(snapQuery(slug, name, architecture));
  if (snap.isPending) return <TableSkeleton rows={4} />;
  if (snap.isError) return <QueryFailed error={snap.error} onRetry={() => void snap.refetch()} />;
  return (
    <div className="space-y-6">
      <p className="text-pretty">{snap.data.summary}</p>
      <Facts>
        <Fact label="Type">
          {snap.data.type} <span className="block text-sm text-muted">{snapTypeWords(snap.data.type)}</span>
        </Fact>
        <Fact label="Publisher">
          <Publisher publisher={snap.data.publisher} />
        </Fact>
        <Fact label="Base">{snap.data.base ?? <span className="text-muted">none</span>}</Fact>
        <Fact label="Snap id">
          <Digest value={snap.data.snapId} label="snap id" />
        </Fact>
      </Facts>
      <Channels snap={snap.data} architecture={architecture} />
    </div>
  );
}

function Channels({ snap, architecture }: { snap: SnapView; architecture: string }) {
  const channels = snap.channels.filter((channel) => channel.architecture === architecture);
  if (channels.length === 0) return <p className="text-muted">It has no channel for {architecture}.</p>;
  return (
    <Table label={`Channels of ${snap.name} for ${architecture}`}>
      <THead>
        <tr>
          <Th>Channel</Th>
          <Th>Version</Th>
          <Th numeric>Revision</Th>
          <Th numeric>Size</Th>
          <Th className="max-sm:hidden">Base</Th>
        </tr>
      </THead>
      <TBody>
        {channels.map((channel) => (
          <Tr key={channel.channel}>
            <Td>
              <span className="flex items-center gap-2 font-mono text-sm">
                {channel.channel}
                <Risk channel={channel.channel} />
              </span>
            </Td>
            <Td className="max-w-52 font-mono text-sm wrap-anywhere">{channel.version}</Td>
            <Td numeric>{channel.revision}</Td>
            <Td numeric>{formatBytes(channel.sizeBytes)}</Td>
            <Td className="font-mono text-sm max-sm:hidden">{channel.base ?? '–'}</Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

/** Stable says nothing; the others are warned of. */
function Risk({ channel }: { channel: string }) {
  const risk = channel.split('/')[1];
  if (risk === 'edge') return <Badge tone="danger">unstable</Badge>;
  return risk === 'beta' || risk === 'candidate' ? <Badge tone="warn">testing</Badge> : null;
}
