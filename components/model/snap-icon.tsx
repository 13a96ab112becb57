import { Box, Cog, Cpu, HardDrive, Layers, Package, type LucideIcon } from 'lucide-react';
import { cn } from '../ui/cn';

const LOOK: Record<string, { icon: LucideIcon; word: string }> = {
  app: { icon: Package, word: 'App' },
  base: { icon: Layers, word: 'Base' },
  gadget: { icon: Cpu, word: 'Gadget' },
  kernel: { icon: HardDrive, word: 'Kernel' },
  core: { icon: Layers, word: 'Core' },
  snapd: { icon: Cog, word: 'snapd' },
};
const look = (type: string) => LOOK[type] ?? { icon: Box, word: type };

export const snapTypeWord = (type: string): string => look(type).word;

export function SnapIcon({ type, className }: { type: string; className?: string }) {
  const { icon: Icon } = look(type);
  return (
    <span className={cn('grid size-9 shrink-0 place-items-center rounded-lg border border-line bg-sunken text-muted', className)}>
      <Icon aria-hidden className="size-4.5" />
    </span>
  );
}
