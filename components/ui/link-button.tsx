'use client';

import { useId, type ComponentProps, type ReactNode } from 'react';
import Link from 'next/link';
import { buttonClass, type ButtonLook } from './button-class';
import { cn } from './cn';
import { Tooltip } from './tooltip';

type Props = Omit<ComponentProps<typeof Link>, 'children'> & ButtonLook & { children: ReactNode; disabledReason?: string };

/** Goes somewhere and looks like a button. With a reason it goes nowhere and says why. */
export function LinkButton({ variant, size, disabledReason, className, children, ...rest }: Props) {
  const reasonId = useId();
  const look = cn(buttonClass({ variant, size }), className);
  if (!disabledReason) {
    return (
      <Link {...rest} className={look}>
        {children}
      </Link>
    );
  }
  return (
    <>
      <Tooltip content={disabledReason}>
        <a role="link" tabIndex={0} aria-disabled aria-describedby={reasonId} className={look}>
          {children}
        </a>
      </Tooltip>
      <span id={reasonId} hidden>
        {disabledReason}
      </span>
    </>
  );
}

/** A file to fetch: a plain anchor, because a download is no page. */
export function DownloadButton({ variant, size, className, children, ...rest }: ComponentProps<'a'> & ButtonLook) {
  return (
    <a {...rest} className={cn(buttonClass({ variant, size }), className)}>
      {children}
    </a>
  );
}
