import { AppWindow, Box, Cog, Cpu, Layers, Package, type LucideIcon } from 'lucide-react';
import { cn } from '../ui/cn';

const LOOKS: Record<string, { icon: LucideIcon; word: string; what: string }> = {
  app: { icon: AppWindow, word: 'App', what: 'An app or service' },
  base: { icon: Layers, word: 'Base', what: 'The root file system that other snaps run on' },
  core: { icon: Layers, word: 'Core', what: 'Base and snapd of Ubuntu Core 16' },
  gadget: { icon: Box, word: 'Gadget', what: 'The board: boot loader and partitions' },
  kernel: { icon: Cpu, word: 'Kernel', what: 'The Linux kernel' },
  snapd: { icon: Cog, word: 'snapd', what: 'The daemon that installs and updates snaps' },
};

export const snapTypeWord = (type: string): string => LOOKS[type]?.word ?? type;
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
