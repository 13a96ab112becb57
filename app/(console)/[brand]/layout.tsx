import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { ConsoleFrame } from '@/components/frame/console-frame';
import { brandContext, requirePerson } from '@/app/auth';

type Props = { params: Promise<{ brand: string }>; children: ReactNode };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ brand: slug }, { brands }] = await Promise.all([params, requirePerson()]);
  const name = brands.find((brand) => brand.slug === slug)?.name;
  // A title that throws would leave the not-found page without one.
  return name === undefined ? { title: 'Not found · Imprint' } : { title: { default: name, template: `%s · ${name} · Imprint` } };
}

export default async function BrandLayout({ params, children }: Props) {
  const { brand, role } = await brandContext((await params).brand);
  const { name, email, brands } = await requirePerson();
  return (
    <ConsoleFrame
      brand={{ slug: brand.slug, name: brand.name, accountId: brand.accountId }}
      role={role}
      person={{ name, email }}
      brands={brands.map(({ slug, name, accountId, role, via }) => ({ slug, name, accountId, role, via }))}
    >
      {children}
    </ConsoleFrame>
  );
}
