import type { Metadata } from 'next';
import { buildsKey, EVERY_BUILD } from '@/components/build/queries';
import { firstPage, Hydrate } from '@/components/hydrate';
import { LATEST_BUILDS } from '@/components/overview/latest';
import { OverviewView } from '@/components/overview/overview-view';
import { overviewKey } from '@/components/overview/queries';
import { listBuilds } from '@/db/builds';
import { listModels } from '@/db/models';
import { getOverview } from '@/db/overview';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Overview' };

export default async function OverviewPage({ params }: { params: Promise<{ brand: string }> }) {
  const ctx = await brandContext((await params).brand);
  const { slug } = ctx.brand;
  const [overview, builds, models] = await Promise.all([getOverview(ctx), listBuilds(ctx, { limit: LATEST_BUILDS }), listModels(ctx, { limit: 1 })]);
  return (
    <Hydrate
      loaded={[
        [overviewKey(slug), overview],
        [buildsKey(slug, EVERY_BUILD, LATEST_BUILDS), firstPage(builds)],
      ]}
    >
      <OverviewView newestModel={models.items[0]?.name} />
    </Hydrate>
  );
}
