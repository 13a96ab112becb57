'use client';

import { useRef } from 'react';
import { EllipsisVertical, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { paths } from '@/lib/paths';
import { cn } from '../ui/cn';
import { Menu, MenuContent, MenuItem, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuSeparator, MenuTrigger } from '../ui/dropdown-menu';
import { setTheme, useTheme, type Theme } from './theme';

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0])
    .join('')
    .toUpperCase();

export function PersonMenu({ name, email, labelClass }: { name: string; email: string | null; labelClass: string }) {
  const theme = useTheme();
  const signOut = useRef<HTMLFormElement>(null);
  return (
    <>
      <Menu>
        <MenuTrigger className="flex w-full items-center gap-2.5 rounded-md p-1.5 hover:bg-hover data-[state=open]:bg-hover">
          <span aria-hidden className="grid size-7 shrink-0 place-items-center rounded-full bg-pressed text-xs font-medium text-ink">
            {initials(name)}
          </span>
          <span className={cn('min-w-0 flex-1 text-left', labelClass)}>
            <span className="block truncate leading-4.5">{name}</span>
            {email && <span className="block truncate text-xs text-muted">{email}</span>}
          </span>
          <span className="sr-only">: theme and sign-out</span>
          <EllipsisVertical aria-hidden className={cn('size-4 shrink-0 text-muted', labelClass)} />
        </MenuTrigger>
        <MenuContent side="top" className="w-56">
          <MenuLabel>Theme</MenuLabel>
          <MenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
            <MenuRadioItem value="light">
              <Sun aria-hidden />
              Light
            </MenuRadioItem>
            <MenuRadioItem value="dark">
              <Moon aria-hidden />
              Dark
            </MenuRadioItem>
            <MenuRadioItem value="system">
              <Monitor aria-hidden />
              As the system
            </MenuRadioItem>
          </MenuRadioGroup>
          <MenuSeparator />
          <MenuItem onSelect={() => signOut.current?.requestSubmit()}>
            <LogOut aria-hidden />
            Sign out
          </MenuItem>
        </MenuContent>
      </Menu>
      <form ref={signOut} method="post" action={paths.signOut()} hidden />
    </>
  );
}
