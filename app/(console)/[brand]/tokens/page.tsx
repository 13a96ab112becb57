import type { Metadata } from 'next';
import { Forbidden } from '@/components/brand/forbidden';
import { Hydrate } from '@/components/hydrate';
import { tokensKey } from '@/components/token/queries';
import { TokensView } from '@/components/token/tokens-view';
import { listTokens } from '@/db/tokens';
import { can } from '@/lib/access';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'API tokens' };

export default async function TokensPage({ params }: { params: Promise<{ brand: string }> }) {
  const ctx = await brandContext((await params).brand);
  if (!can(ctx.role, 'token.create')) return <Forbidden title="API tokens" brand={ctx.brand.slug} role={ctx.role} verb="token.create" />;
  return (
    <Hydrate loaded={[[tokensKey(ctx.brand.slug), await listTokens(ctx)]]}>
      <TokensView />
    </Hydrate>
  );
}
