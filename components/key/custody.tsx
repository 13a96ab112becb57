import { HardDrive, Server, Usb } from 'lucide-react';
import type { KeyCustody, KeyView } from '@/lib/api/keys';
import { Badge } from '../ui/badge';

const LOOKS: Record<KeyCustody, { word: string; icon: typeof Server }> = {
  sealed: { word: 'Sealed in Imprint', icon: Server },
  offline: { word: 'Offline', icon: HardDrive },
  external: { word: 'In a token', icon: Usb },
};

/** Where the private half is. */
export function Custody({ view: { custody, signer } }: { view: Pick<KeyView, 'custody' | 'signer'> }) {
  const { word, icon: Icon } = LOOKS[custody];
  return (
    <span className="inline-flex items-center gap-1.5 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted">
      <Icon aria-hidden />
      {signer ? (
        <span className="wrap-anywhere">
          {signer.label} in <span className="font-mono text-sm">{signer.name}</span>
        </span>
      ) : (
        word
      )}
    </span>
  );
}

export const CustodyBadge = ({ custody }: { custody: KeyCustody }) => (custody === 'sealed' ? null : <Badge>{LOOKS[custody].word}</Badge>);
