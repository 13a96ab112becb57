import { CircleDashed, FileSignature, PencilLine } from 'lucide-react';
import { StateBadge, type StateLook } from '../ui/state-badge';

type Props = { number: number; signedRevision: number | null; dirty?: boolean; size?: 'sm' | 'md' };

/** Where a version stands: being changed, saved, or signed. */
export function VersionState({ number, signedRevision, dirty = false, size }: Props) {
  return <StateBadge look={look(number, signedRevision, dirty)} size={size} />;
}

function look(number: number, signedRevision: number | null, dirty: boolean): StateLook {
  if (dirty) return { word: `Version ${number}, changed`, icon: PencilLine, tone: 'warn' };
  if (signedRevision === null) return { word: `Version ${number}, not signed`, icon: CircleDashed, tone: 'neutral' };
  return { word: `Version ${number}, signed as revision ${signedRevision}`, icon: FileSignature, tone: 'ok' };
}
