import type { Metadata } from 'next';
import { NewModelForm } from '@/components/model/new-model-form';
import { listQuery } from '@/lib/api/common';
import { listModels } from '@/db/models';
import { brandContext } from '@/app/auth';

export const metadata: Metadata = { title: 'New model' };

export default async function NewModelPage({ params }: { params: Promise<{ brand: string }> }) {
  const ctx = await brandContext((await params).brand);
  const { items } = await listModels(ctx, listQuery.parse({ limit: 200 }));
  return <NewModelForm taken={items.map(({ name }) => name)} />;
}
