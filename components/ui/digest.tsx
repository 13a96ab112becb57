import { cn } from './cn';
import { CopyButton } from './copy-button';
import { shorten } from './format';

type Props = { value: string; /** What it is, for the copy button: *checksum*, *key id*. */ label: string; head?: number; tail?: number; className?: string };

/** A digest or long id: both ends in sight, the whole of it to copy and on hover. */
export function Digest({ value, label, head = 8, tail = 6, className }: Props) {
  return (
    <span className={cn('-my-1 inline-flex items-center gap-0.5 font-mono text-sm whitespace-nowrap', className)}>
      <span title={value}>{shorten(value, head, tail)}</span>
      <CopyButton value={value} label={`Copy ${label}`} className="relative z-1" />
    </span>
  );
}
