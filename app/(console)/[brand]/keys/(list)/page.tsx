import type { Metadata } from 'next';
import { Hydrate } from '@/components/hydrate';
import { KeysView } from '@/components/key/keys-view';
import { keysKey } from '@/components/key/queries';
import { listKeys } from '@/db/keys';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Keys' };

export default async function KeysPage({ params }: { params: Promise<{ brand: string }> }) {
  const ctx = await brandContext((await params).brand);
  return (
    <Hydrate loaded={[[keysKey(ctx.brand.slug), await listKeys(ctx)]]}>
      <KeysView />
    </Hydrate>
  );
}
