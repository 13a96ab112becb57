'use client';

import { useRef, useState, type ReactNode } from 'react';
import { Dialog as Radix } from 'radix-ui';
import { X } from 'lucide-react';
import { IconButton } from './button';
import { cn } from './cn';

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

const WIDTH = { sm: 'sm:max-w-105', md: 'sm:max-w-140', lg: 'sm:max-w-200' } as const;

type Props = {
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  width?: keyof typeof WIDTH;
  /** Not to be left by a click beside it or Escape: work is going on. */
  locked?: boolean;
};

export const DialogContent = (props: Props) => (
  <Radix.Portal>
    <Radix.Overlay className="fixed inset-0 z-40 grid animate-overlay grid-rows-[1fr_auto] overflow-y-auto bg-scrim sm:block sm:px-6 sm:py-[10vh]">
      <Panel {...props} />
    </Radix.Overlay>
  </Radix.Portal>
);

/** Comes and goes with the open dialog, so that its first state is that of the page before anything in here takes the focus. */
function Panel({ title, description, children, width = 'md', locked = false }: Props) {
  const content = useRef<HTMLDivElement>(null);
  const [opener] = useState(() => document.activeElement);
  const keep = (event: Event) => {
    if (locked) event.preventDefault();
  };
  return (
    <Radix.Content
      ref={content}
      // Not the Close button, whose tooltip would open: the dialog itself, unless something inside has taken the focus already.
      onOpenAutoFocus={(event) => {
        event.preventDefault();
        content.current?.focus();
      }}
      // Radix gives the focus back to triggers of its own only.
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        if (opener instanceof HTMLElement) opener.focus();
      }}
      onEscapeKeyDown={keep}
      onPointerDownOutside={keep}
      {...(description ? {} : { 'aria-describedby': undefined })}
      className={cn('row-start-2 mx-auto w-full animate-pop rounded-t-xl focus-visible:outline-none border border-line bg-raised shadow-overlay sm:rounded-xl', WIDTH[width])}
    >
      <header className="flex items-start gap-4 px-5 pt-4">
        <div className="min-w-0 flex-1 pt-1">
          <Radix.Title className="text-lg font-semibold wrap-break-word">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1 text-muted">{description}</Radix.Description>}
        </div>
        {!locked && (
          <Radix.Close asChild>
            <IconButton label="Close" className="-mr-2">
              <X />
            </IconButton>
          </Radix.Close>
        )}
      </header>
      <div className="px-5 pt-4 pb-5">{children}</div>
    </Radix.Content>
  );
}
