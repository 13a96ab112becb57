import type { ReactNode } from 'react';
import type { Role } from '@/lib/access';
import type { BrandRef, Membership } from '@/lib/api/people';
import { BrandProvider } from '../brand/brand-context';
import { RailContent } from './rail-content';
import { TopBar } from './top-bar';

type Props = { brand: BrandRef; role: Role; person: { name: string; email: string | null }; brands: Membership[]; children: ReactNode };

/** Rail, top bar and content of every page of a brand. */
export function ConsoleFrame({ brand, role, person, brands, children }: Props) {
  return (
    <BrandProvider brand={brand} role={role}>
      <a href="#content" className="fixed top-2 left-2 z-60 -translate-y-20 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0">
        Skip to the content
      </a>
      <div className="flex min-h-dvh">
        <aside aria-label="Brand, sections and you" className="w-58 shrink-0 border-r border-line bg-sunken max-md:hidden narrow:w-[3.3rem]">
          <div className="sticky top-0 h-dvh">
            <RailContent person={person} brands={brands} labelClass="narrow:sr-only" />
          </div>
        </aside>
        <div className="flex min-w-0 flex-1 flex-col">
          <TopBar person={person} brands={brands} />
          <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[calc(1200px+3rem)] flex-1 px-4 pt-6 pb-16 focus-visible:outline-none sm:px-6 sm:pt-8">
            {children}
          </main>
        </div>
      </div>
    </BrandProvider>
  );
}
