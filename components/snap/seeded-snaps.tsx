import type { SeededSnap } from '@/lib/api/builds';
import { Digest } from '../ui/digest';
import { formatBytes } from '../ui/format';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { SnapTypeIcon } from './snap-type';

/** What is inside of an image. */
export function SeededSnaps({ snaps }: { snaps: SeededSnap[] }) {
  return (
    <Table label="Snaps in the image">
      <THead>
        <tr>
          <Th>Snap</Th>
          <Th>Version</Th>
          <Th numeric>Revision</Th>
          <Th className="max-md:hidden">Channel</Th>
          <Th numeric>Size</Th>
          <Th className="max-lg:hidden">SHA3-384</Th>
        </tr>
      </THead>
      <TBody>
        {snaps.map((snap) => (
          <Tr key={snap.snapId || snap.name}>
            <Td>
              <span className="flex items-center gap-2.5">
                <SnapTypeIcon type={snap.type} className="size-7 max-sm:hidden" />
                <span className="min-w-0">
                  <span className="block font-mono text-sm font-medium wrap-anywhere">{snap.name}</span>
                  <span className="line-clamp-2 text-xs text-muted" title={snap.publisher}>
                    {snap.type} by {snap.publisher}
                  </span>
                </span>
              </span>
            </Td>
            <Td className="max-w-48 font-mono text-sm wrap-anywhere">{snap.version}</Td>
            <Td numeric>{snap.revision}</Td>
            <Td className="font-mono text-sm whitespace-nowrap max-md:hidden">{snap.channel}</Td>
            <Td numeric>{formatBytes(snap.sizeBytes)}</Td>
            <Td className="max-lg:hidden">
              <Digest value={snap.sha3_384} label={`SHA3-384 of ${snap.name}`} />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
