'use client';

import { useId, type ComponentProps, type MouseEvent } from 'react';
import { LoaderCircle } from 'lucide-react';
import { buttonClass, type ButtonLook } from './button-class';
import { cn } from './cn';
import { Tooltip } from './tooltip';

type Props = ComponentProps<'button'> &
  ButtonLook & {
    /** Work goes on: the button spins, keeps its focus and takes no second click. */
    pending?: boolean;
    /** Why it cannot be used now, as a sentence. The button stays reachable by keyboard, so that the reason can be read. */
    disabledReason?: string;
  };

export function Button({ variant, size, pending = false, disabledReason, className, children, type = 'button', onClick, ...rest }: Props) {
  const reasonId = useId();
  const inert = pending || disabledReason !== undefined;
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (inert) event.preventDefault();
    else onClick?.(event);
  };
  const button = (
    <button
      {...rest}
      type={type}
      className={cn(
        buttonClass({ variant, size }),
        // The turning sign takes the place of the button's own.
        pending && 'aria-disabled:opacity-80 [&>svg:not(:first-child)]:hidden',
        className,
      )}
      aria-disabled={inert || undefined}
      aria-busy={pending || undefined}
      aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
      onClick={click}
    >
      {pending && <LoaderCircle aria-hidden className="animate-spin" />}
      {children}
    </button>
  );
  if (!disabledReason) return button;
  return (
    <>
      <Tooltip content={disabledReason}>{button}</Tooltip>
      <span id={reasonId} hidden>
        {disabledReason}
      </span>
    </>
  );
}

/** A button that is only an icon: its label is its accessible name and its tooltip. */
export function IconButton({ label, size = 'icon', variant = 'ghost', children, ...rest }: Omit<Props, 'aria-label'> & { label: string }) {
  return (
    <Tooltip content={rest.disabledReason ? undefined : label}>
      <Button {...rest} size={size} variant={variant} aria-label={label}>
        {children}
      </Button>
    </Tooltip>
  );
}
