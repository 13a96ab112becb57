import type { Metadata } from 'next';
import { firstPage, Hydrate } from '@/components/hydrate';
import { ModelsView } from '@/components/model/models-view';
import { modelsKey } from '@/components/model/queries';
import { listQuery } from '@/lib/api/common';
import { listModels } from '@/db/models';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Models' };

type Props = { params: Promise<{ brand: string }>; searchParams: Promise<{ q?: string | string[] }> };

export default async function ModelsPage({ params, searchParams }: Props) {
  const ctx = await brandContext((await params).brand);
  const { q } = await searchParams;
  const words = typeof q === 'string' ? q.trim().slice(0, 200) : '';
  const page = await listModels(ctx, listQuery.parse(words ? { q: words } : {}));
  return (
    <Hydrate loaded={[[modelsKey(ctx.brand.slug, words), firstPage(page)]]}>
      <ModelsView />
    </Hydrate>
  );
}
