import type { Metadata } from 'next';
import { Hydrate } from '@/components/hydrate';
import { rotationKey } from '@/components/key/queries';
import { RotationView } from '@/components/key/rotation-view';
import { getRotation } from '@/db/key-rotation';
import { brandContext } from '@/app/auth';
import { orNotFound } from '@/app/(console)/or-not-found';
import { segment } from '@/app/(console)/segment';

type Props = { params: Promise<{ brand: string; key: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Replace ${segment((await params).key)} · Keys` };
}

export default async function RotatePage({ params }: Props) {
  const { brand, key: name } = await params;
  const ctx = await brandContext(brand);
  const rotation = await orNotFound(getRotation(ctx, segment(name)));
  return (
    <Hydrate loaded={[[rotationKey(ctx.brand.slug, rotation.key.name), rotation]]}>
      <RotationView name={rotation.key.name} />
    </Hydrate>
  );
}
