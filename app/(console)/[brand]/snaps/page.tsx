import type { Metadata } from 'next';
import { SnapsView } from '@/components/snap/snaps-view';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'Snaps' };

/** The store is asked by the browser: a slow store must not hold back the page. */
export default async function SnapsPage({ params }: { params: Promise<{ brand: string }> }) {
  await brandContext((await params).brand);
  return <SnapsView />;
}
