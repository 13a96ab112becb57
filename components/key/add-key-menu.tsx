'use client';

import { useState } from 'react';
import { ChevronDown, FileKey, HardDrive, Usb } from 'lucide-react';
import type { KeyView } from '@/lib/api/keys';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../ui/dropdown-menu';
import { EnrolExternalDialog } from './enrol-external-dialog';
import { EnrolOfflineDialog } from './enrol-offline-dialog';
import { ImportKeyDialog } from './import-key-dialog';

type Way = 'import' | 'offline' | 'external';

/** The ways to a key that is there already. */
export function AddKeyMenu({ keys }: { keys: KeyView[] }) {
  const { whyNot } = useBrand();
  const [way, setWay] = useState<Way>();
  const dialog = { onOpenChange: (open: boolean) => !open && setWay(undefined), keys };
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button>
            Bring a key
            <ChevronDown aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem disabledReason={whyNot('key.create')} onSelect={() => setWay('import')}>
            <FileKey aria-hidden />
            Import from a file
          </MenuItem>
          <MenuItem disabledReason={whyNot('key.create')} onSelect={() => setWay('offline')}>
            <HardDrive aria-hidden />
            Enrol a key that stays offline
          </MenuItem>
          <MenuItem disabledReason={whyNot('key.create')} onSelect={() => setWay('external')}>
            <Usb aria-hidden />
            Use a key in a token
          </MenuItem>
        </MenuContent>
      </Menu>
      <ImportKeyDialog open={way === 'import'} {...dialog} />
      <EnrolOfflineDialog open={way === 'offline'} {...dialog} />
      <EnrolExternalDialog open={way === 'external'} {...dialog} />
    </>
  );
}
