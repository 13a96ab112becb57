'use client';

import { useState } from 'react';
import { Dialog } from 'radix-ui';
import { Menu as MenuIcon } from 'lucide-react';
import type { Membership } from '@/lib/api/people';
import { IconButton } from '../ui/button';
import { RailContent } from './rail-content';

/** The rail on a phone. */
export function Drawer(props: { person: { name: string; email: string | null }; brands: Membership[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton label="Open the menu" className="-ml-1.5 md:hidden">
          <MenuIcon />
        </IconButton>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-overlay bg-scrim md:hidden" />
        <Dialog.Content aria-describedby={undefined} className="fixed inset-y-0 left-0 z-40 w-68 max-w-[85vw] animate-drawer border-r border-line bg-sunken shadow-overlay md:hidden">
          <Dialog.Title className="sr-only">Menu</Dialog.Title>
          <RailContent {...props} onNavigate={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
