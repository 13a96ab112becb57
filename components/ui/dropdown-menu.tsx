'use client';

import type { ComponentProps, ReactNode } from 'react';
import { DropdownMenu as Radix } from 'radix-ui';
import { Check } from 'lucide-react';
import { cn } from './cn';

/** Not modal: the page behind stays in reach of screen readers, and a click on it only closes the menu. */
export const Menu = (props: ComponentProps<typeof Radix.Root>) => <Radix.Root modal={false} {...props} />;
export const MenuTrigger = Radix.Trigger;
export const MenuRadioGroup = Radix.RadioGroup;

const itemClass =
  'flex min-h-8 w-full select-none items-center gap-2.5 rounded px-2 py-1.5 outline-none data-highlighted:bg-hover data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted';

export function MenuContent({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={6}
        align="start"
        collisionPadding={8}
        {...rest}
        className={cn('z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 animate-pop overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-overlay', className)}
      />
    </Radix.Portal>
  );
}

/** With `disabledReason` the item stays in reach and says why it cannot be chosen. */
export function MenuItem({ className, danger = false, disabledReason, children, onSelect, ...rest }: ComponentProps<typeof Radix.Item> & { danger?: boolean; disabledReason?: string }) {
  return (
    <Radix.Item
      {...rest}
      aria-disabled={disabledReason ? true : undefined}
      onSelect={(event) => (disabledReason ? event.preventDefault() : onSelect?.(event))}
      className={cn(itemClass, danger && 'text-danger [&_svg]:text-danger', disabledReason && 'cursor-not-allowed text-muted', className)}
    >
      {disabledReason ? (
        <span className="min-w-0">
          <span className="flex items-center gap-2.5 opacity-70">{children}</span>
          <span className="block max-w-60 text-xs">{disabledReason}</span>
        </span>
      ) : (
        children
      )}
    </Radix.Item>
  );
}

export function MenuRadioItem({ children, className, ...rest }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem {...rest} className={cn(itemClass, className)}>
      {children}
      <Radix.ItemIndicator className="ml-auto pl-3">
        <Check />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => <Radix.Label className="px-2 pt-2 pb-1 text-xs font-medium text-muted">{children}</Radix.Label>;
export const MenuSeparator = () => <Radix.Separator className="my-1 h-px bg-line" />;
