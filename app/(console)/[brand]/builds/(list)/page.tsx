import type { Metadata } from 'next';
import { BuildsView } from '@/components/build/builds-view';
import { buildsKey, BUILDS_PER_PAGE, retentionKey, type BuildFilter } from '@/components/build/queries';
import { firstPage, Hydrate } from '@/components/hydrate';
import { listBuilds } from '@/db/builds';
import { getRetention } from '@/db/retention';
import { BUILD_STATES, type BuildState } from '@/lib/build/states';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Builds' };

type Props = { params: Promise<{ brand: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

const text = (value: string | string[] | undefined): string => (typeof value === 'string' ? value.slice(0, 128) : '');
const isState = (value: string): value is BuildState => (BUILD_STATES as readonly string[]).includes(value);

export default async function BuildsPage({ params, searchParams }: Props) {
  const ctx = await brandContext((await params).brand);
  const query = await searchParams;
  const state = text(query.state);
  const filter: BuildFilter = { q: text(query.q), state: isState(state) ? state : null, model: text(query.model) };
  const retention = await getRetention(ctx);
  const page = await listBuilds(ctx, { q: filter.q || undefined, state: filter.state ?? undefined, model: filter.model || undefined, limit: BUILDS_PER_PAGE });
  return (
    <Hydrate
      loaded={[
        [buildsKey(ctx.brand.slug, filter, BUILDS_PER_PAGE), firstPage(page)],
        [retentionKey(ctx.brand.slug), retention],
      ]}
    >
      <BuildsView />
    </Hydrate>
  );
}
