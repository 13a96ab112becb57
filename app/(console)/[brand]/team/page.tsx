import type { Metadata } from 'next';
import { TeamPage } from '@/components/team/team-page';
import { getTeam } from '@/db/people';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Team' };

export default async function Page({ params }: { params: Promise<{ brand: string }> }) {
  const ctx = await brandContext((await params).brand);
  return <TeamPage team={await getTeam(ctx)} brandName={ctx.brand.name} mine={ctx.role} />;
}
