import type { ComponentProps } from 'react';
import { cn } from './cn';

/** A table of 40 px rows that scrolls sideways when it must. `label` is its caption for those who do not see it. */
export function Table({ label, className, children, ...rest }: ComponentProps<'table'> & { label: string }) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className="relative -mx-4 overflow-x-auto px-4 sm:-mx-6 sm:px-6 focus-visible:-outline-offset-2">
      <table {...rest} className={cn('w-full border-collapse text-left', className)}>
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export const THead = ({ className, ...rest }: ComponentProps<'thead'>) => <thead {...rest} className={cn('border-b border-line text-xs text-muted', className)} />;
export const TBody = ({ className, ...rest }: ComponentProps<'tbody'>) => <tbody {...rest} className={cn('divide-y divide-line', className)} />;
/** A row that holds one `RowLink` is a link as a whole. */
export const Tr = ({ className, ...rest }: ComponentProps<'tr'>) => <tr {...rest} className={cn('group/row relative has-[a[data-row-link]]:hover:bg-hover/60', className)} />;
export const Th = ({ className, numeric = false, ...rest }: ComponentProps<'th'> & { numeric?: boolean }) => (
  <th scope="col" {...rest} className={cn('h-9 pr-4 font-medium whitespace-nowrap first:pl-2 last:pr-2', numeric && 'text-right', className)} />
);
export const Td = ({ className, numeric = false, ...rest }: ComponentProps<'td'> & { numeric?: boolean }) => (
  <td {...rest} className={cn('h-10 py-1.5 pr-4 align-middle first:pl-2 last:pr-2', numeric && 'text-right whitespace-nowrap tabular', className)} />
);
