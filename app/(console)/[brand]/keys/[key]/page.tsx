import type { Metadata } from 'next';
import { Hydrate } from '@/components/hydrate';
import { KeyDetail } from '@/components/key/key-detail';
import { keyKey } from '@/components/key/queries';
import { getKey } from '@/db/keys';
import { brandContext } from '@/app/auth';
import { orNotFound } from '@/app/(console)/or-not-found';
import { segment } from '@/app/(console)/segment';

type Props = { params: Promise<{ brand: string; key: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${segment((await params).key)} · Keys` };
}

export default async function KeyPage({ params }: Props) {
  const { brand, key: name } = await params;
  const ctx = await brandContext(brand);
  const key = await orNotFound(getKey(ctx, segment(name)));
  return (
    <Hydrate loaded={[[keyKey(ctx.brand.slug, key.name), key]]}>
      <KeyDetail name={key.name} />
    </Hydrate>
  );
}
