import type { Metadata } from 'next';
import { Hydrate } from '@/components/hydrate';
import { KeysView } from '@/components/key/keys-view';
import { buildKeysKey, keysKey } from '@/components/key/queries';
import { listBuildKeys } from '@/db/build-keys';
import { listKeys } from '@/db/keys';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Keys' };

export default async function KeysPage({ params }: { params: Promise<{ brand: string }> }) {
  const ctx = await brandContext((await params).brand);
  const [keys, buildKeys] = await Promise.all([listKeys(ctx), listBuildKeys(ctx)]);
  return (
    <Hydrate
      loaded={[
        [keysKey(ctx.brand.slug), keys],
        [buildKeysKey(ctx.brand.slug), buildKeys],
      ]}
    >
      <KeysView />
    </Hydrate>
  );
}
