'use client';

import Link from 'next/link';
import { Check, ChevronsUpDown } from 'lucide-react';
import { paths } from '@/lib/paths';
import type { Membership } from '@/lib/api/people';
import { useBrand } from '../brand/brand-context';
import { cn } from '../ui/cn';
import { Menu, MenuContent, MenuItem, MenuLabel, MenuTrigger } from '../ui/dropdown-menu';

const Initial = ({ name, className }: { name: string; className?: string }) => (
  <span aria-hidden className={cn('grid size-7 shrink-0 place-items-center rounded-md bg-ink text-sm font-semibold text-canvas', className)}>
    {[...name][0]?.toUpperCase()}
  </span>
);

/** Which brand this is; with more than one, a menu that leads to the others. */
export function BrandSwitcher({ brands, labelClass }: { brands: Membership[]; labelClass: string }) {
  const { brand, role } = useBrand();
  const face = (
    <>
      <Initial name={brand.name} />
      <span className={cn('min-w-0 flex-1 text-left', labelClass)}>
        <span className="block truncate leading-4.5 font-medium">{brand.name}</span>
        <span className="block truncate text-xs text-muted">{role}</span>
      </span>
    </>
  );
  const look = 'flex w-full items-center gap-2.5 rounded-md p-1.5';
  if (brands.length < 2) {
    return (
      <Link href={paths.overview(brand.slug)} className={cn(look, 'hover:bg-hover')} title={brand.name}>
        {face}
      </Link>
    );
  }
  return (
    <Menu>
      <MenuTrigger className={cn(look, 'hover:bg-hover data-[state=open]:bg-hover')}>
        {face}
        <span className="sr-only">: switch brand</span>
        <ChevronsUpDown aria-hidden className={cn('size-4 shrink-0 text-muted', labelClass)} />
      </MenuTrigger>
      <MenuContent className="w-60">
        <MenuLabel>Your brands</MenuLabel>
        {brands.map((each) => (
          <MenuItem key={each.slug} asChild>
            <Link href={paths.overview(each.slug)}>
              <Initial name={each.name} className="size-6 rounded text-xs" />
              <span className="min-w-0 flex-1">
                <span className="block truncate">{each.name}</span>
                <span className="block truncate text-xs text-muted">
                  {each.role} by {each.via}
                </span>
              </span>
              {each.slug === brand.slug && <Check aria-label="shown now" />}
            </Link>
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}
