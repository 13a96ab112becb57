'use client';

import { useEffect, useState, type ReactNode } from 'react';
import { Check, Copy } from 'lucide-react';
import { Button, IconButton } from './button';
import { notify } from '../toasts';

type Props = {
  value: string;
  /** What is copied: *Copy checksum*. */
  label: string;
  /** Shows the label beside the icon. */
  withText?: boolean;
  /** Instead of the usual sign, where two things can be copied. */
  icon?: ReactNode;
  className?: string;
  variant?: 'ghost' | 'secondary' | 'primary';
};

export function CopyButton({ value, label, withText = false, icon: sign, className, variant = withText ? 'secondary' : 'ghost' }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch (error) {
      notify.info('The browser did not allow copying.', error instanceof Error ? 'Select the text and copy it by hand.' : undefined);
    }
  };
  const icon = copied ? <Check aria-hidden className="text-ok" /> : (sign ?? <Copy aria-hidden />);
  return (
    <>
      {withText ? (
        <Button size="sm" variant={variant} className={className} onClick={() => void copy()}>
          {icon}
          {copied ? 'Copied' : label}
        </Button>
      ) : (
        <IconButton size="icon-sm" variant={variant} label={label} className={className} onClick={() => void copy()}>
          {icon}
        </IconButton>
      )}
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </>
  );
}
