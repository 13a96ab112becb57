'use client';

import { usePathname } from 'next/navigation';
import { PanelLeft } from 'lucide-react';
import type { Membership } from '@/lib/api/people';
import { useBrand } from '../brand/brand-context';
import { Breadcrumbs } from '../ui/breadcrumbs';
import { IconButton } from '../ui/button';
import { CommandPalette } from './command-palette';
import { Drawer } from './drawer';
import { toggleRail } from './theme';
import { trailOf } from './trail';

export function TopBar(props: { person: { name: string; email: string | null }; brands: Membership[] }) {
  const { brand } = useBrand();
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-canvas px-4 sm:px-6">
      <Drawer {...props} />
      <IconButton label="Widen or narrow the rail" className="-ml-2 max-md:hidden" onClick={toggleRail}>
        <PanelLeft />
      </IconButton>
      <Breadcrumbs crumbs={trailOf(usePathname(), brand)} className="flex-1" />
      <CommandPalette />
    </header>
  );
}
