'use client';

import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { LinkButton } from '../ui/link-button';

export function BackToOverview() {
  const { slug, brand } = useBrand();
  return (
    <LinkButton variant="primary" href={paths.overview(slug)}>
      Overview of {brand.name}
    </LinkButton>
  );
}
