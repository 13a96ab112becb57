'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useBrand } from '../brand/brand-context';
import type { Membership } from '@/lib/api/people';
import { cn } from '../ui/cn';
import { BrandSwitcher } from './brand-switcher';
import { PersonMenu } from './person-menu';
import { SECTIONS, sectionOf } from './sections';

type Props = { person: { name: string; email: string | null }; brands: Membership[]; /** Classes of every word, for a rail that may be narrow. */ labelClass?: string; onNavigate?: () => void };

/** Brand, sections, person: the same in the rail and in the phone's drawer. */
export function RailContent({ person, brands, labelClass = '', onNavigate }: Props) {
  const { slug } = useBrand();
  const current = sectionOf(usePathname());
  return (
    <div className="flex h-full flex-col gap-2 p-2.5">
      <BrandSwitcher brands={brands} labelClass={labelClass} />
      <nav aria-label="Sections" className="flex-1 overflow-y-auto pt-2">
        <ul className="space-y-0.5">
          {SECTIONS.map(({ name, label, icon: Icon, href }) => (
            <li key={name}>
              <Link
                href={href(slug)}
                title={label}
                onClick={onNavigate}
                aria-current={current === name ? 'page' : undefined}
                className={cn(
                  'flex h-9 items-center gap-3 rounded-md px-2.5 transition-colors duration-100 focus-visible:-outline-offset-2 md:h-8',
                  current === name ? 'bg-accent-soft font-medium text-accent-ink' : 'text-muted hover:bg-hover hover:text-ink',
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                <span className={labelClass}>{label}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <PersonMenu {...person} labelClass={labelClass} />
    </div>
  );
}
