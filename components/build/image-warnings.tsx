import type { Warning } from '@/lib/warnings';
import { Notice } from '../ui/notice';

/** What devices with this image may stumble over. */
export function ImageWarnings({ warnings }: { warnings: readonly Warning[] }) {
  return warnings.map(({ code, message }) => (
    <Notice key={`${code} ${message}`} tone="warning">
      {message}
    </Notice>
  ));
}
