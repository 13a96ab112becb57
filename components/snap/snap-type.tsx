import { AppWindow, Box, Cog, Cpu, Layers, Package, type LucideIcon } from 'lucide-react';
import { cn } from '../ui/cn';

const LOOKS: Record<string, { icon: LucideIcon; what: string }> = {
  app: { icon: AppWindow, what: 'An app or service' },
  base: { icon: Layers, what: 'The root file system that other snaps run on' },
  core: { icon: Layers, what: 'Base and snapd of Ubuntu Core 16' },
  gadget: { icon: Box, what: 'The board: boot loader and partitions' },
  kernel: { icon: Cpu, what: 'The Linux kernel' },
  snapd: { icon: Cog, what: 'The daemon that installs and updates snaps' },
};

export const snapTypeWords = (type: string): string => LOOKS[type]?.what ?? 'A snap';

/** The icon of a snap's type, in a quiet square; the type's word belongs beside it. */
export function SnapTypeIcon({ type, className }: { type: string; className?: string }) {
  const Icon = LOOKS[type]?.icon ?? Package;
  return (
    <span className={cn('grid size-8 shrink-0 place-items-center rounded-md bg-hover text-muted', className)} title={snapTypeWords(type)}>
      <Icon aria-hidden className="size-4" />
    </span>
  );
}
