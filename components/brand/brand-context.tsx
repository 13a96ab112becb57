'use client';

import { createContext, useContext, type ReactNode } from 'react';
import { can, whyNot, type Role, type Verb } from '@/lib/access';
import type { BrandRef } from '@/lib/api/people';

type Here = { brand: BrandRef; role: Role };

const Context = createContext<Here | undefined>(undefined);

export const BrandProvider = ({ brand, role, children }: Here & { children: ReactNode }) => <Context value={{ brand, role }}>{children}</Context>;

/** The brand that this page is about, and what the person may do in it. */
export function useBrand() {
  const here = useContext(Context);
  if (!here) throw new Error('useBrand outside of a brand’s pages');
  return {
    ...here,
    slug: here.brand.slug,
    can: (verb: Verb) => can(here.role, verb),
    /** For `disabledReason`. */
    whyNot: (verb: Verb) => whyNot(here.role, verb),
  };
}
