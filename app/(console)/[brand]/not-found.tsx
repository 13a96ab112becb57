import { SearchX } from 'lucide-react';
import { BackToOverview } from '@/components/frame/back-to-overview';
import { EmptyState } from '@/components/ui/empty-state';

export default function BrandNotFound() {
  return (
    <EmptyState heading="h1" icon={SearchX} title="There is nothing here" action={<BackToOverview />}>
      This brand has nothing of that name or number. It may have been renamed, or the address lost a letter.
    </EmptyState>
  );
}
