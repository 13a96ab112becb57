'use client';

import type { ComponentProps } from 'react';
import { LoaderCircle, Search, X } from 'lucide-react';
import { IconButton } from './button';
import { cn } from './cn';
import { Input } from './input';

type Props = Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'> & { value: string; onValueChange: (value: string) => void; label: string; busy?: boolean };

export function SearchInput({ value, onValueChange, label, busy = false, className, ...rest }: Props) {
  return (
    <span className={cn('relative block', className)}>
      {busy ? (
        <LoaderCircle aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 animate-spin text-muted" />
      ) : (
        <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted" />
      )}
      <Input {...rest} type="search" aria-label={label} value={value} onChange={(event) => onValueChange(event.target.value)} className="pr-9 pl-8.5" />
      {value !== '' && (
        <IconButton label="Clear search" size="icon-sm" className="absolute top-1 right-1" onClick={() => onValueChange('')}>
          <X />
        </IconButton>
      )}
    </span>
  );
}
