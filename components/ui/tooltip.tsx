'use client';

import type { ReactNode } from 'react';
import { Tooltip as Radix } from 'radix-ui';

export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={300} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
);

type Props = { content: ReactNode; children: ReactNode; side?: 'top' | 'right' | 'bottom' | 'left' };

/** A word more about the one focusable element inside. Never the only place where something is said. */
export function Tooltip({ content, children, side = 'top' }: Props) {
  if (!content) return children;
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={12}
          className="z-60 max-w-72 animate-pop rounded-md bg-ink px-2.5 py-1.5 text-sm text-canvas shadow-overlay"
        >
          {content}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
