import { TriangleAlert } from 'lucide-react';
import { Badge } from './ui/badge';
import { Notice } from './ui/notice';

type What = 'image' | 'key' | 'signature';

const WORDS: Record<What, string> = {
  image: 'This image was built on Imprint’s embedded store, whose root of trust no device in the field knows. Try it on a bench or in QEMU.',
  key: 'This key is registered with the embedded store only. What it signs verifies on this console and nowhere else.',
  signature: 'This model is signed with a key that only the embedded store knows. Images made from it are for trying out.',
};

/** The one warning that something stands on the embedded root; shown wherever such a thing is shown. */
export const NonProduction = ({ what, className }: { what: What; className?: string }) => (
  <Notice tone="warning" title="Not valid for production" className={className}>
    {WORDS[what]}
  </Notice>
);

/** The same in a row or a header. */
export const NonProductionBadge = ({ className }: { className?: string }) => (
  <Badge tone="warn" className={className} title="Made on the embedded store: not valid for production">
    <TriangleAlert aria-hidden className="size-3" />
    Not for production
  </Badge>
);
