import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Hydrate } from '@/components/hydrate';
import { keysKey } from '@/components/key/queries';
import { ModelHeader } from '@/components/model/model-header';
import { modelKey, signingRequestsKey, versionsKey } from '@/components/model/queries';
import { ModelWorkspace } from '@/components/model/workspace';
import { listKeys } from '@/db/keys';
import { getModel, listVersions } from '@/db/models';
import { listSigningRequests } from '@/db/signing-requests';
import { brandContext } from '@/app/auth';
import { orNotFound } from '@/app/(console)/or-not-found';
import { segment } from '@/app/(console)/segment';

type Props = { params: Promise<{ brand: string; model: string }>; children: ReactNode };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${segment((await params).model)} · Models` };
}

export default async function ModelLayout({ params, children }: Props) {
  const { brand, model: name } = await params;
  const ctx = await brandContext(brand);
  const model = await orNotFound(getModel(ctx, segment(name)));
  const [versions, keys, waiting] = await Promise.all([listVersions(ctx, model.name), listKeys(ctx), listSigningRequests(ctx, model.name)]);
  const { slug } = ctx.brand;
  return (
    <Hydrate
      loaded={[
        [modelKey(slug, model.name), model],
        [versionsKey(slug, model.name), versions],
        [keysKey(slug), keys],
        [signingRequestsKey(slug, model.name), waiting],
      ]}
    >
      <ModelWorkspace key={model.name} name={model.name}>
        <ModelHeader />
        {children}
      </ModelWorkspace>
    </Hydrate>
  );
}
