import type { Metadata } from 'next';
import { SearchX } from 'lucide-react';
import { paths } from '@/lib/paths';
import { PlainPage } from '@/components/frame/plain-page';
import { LinkButton } from '@/components/ui/link-button';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <PlainPage
      icon={SearchX}
      title="There is nothing here"
      actions={
        <LinkButton variant="primary" href={paths.home()}>
          Go to your brand
        </LinkButton>
      }
    >
      <p>The address is wrong, what it named was removed, or it belongs to a brand that you are not in.</p>
      <p>If somebody of another brand sent it to you, ask them to share a link instead.</p>
    </PlainPage>
  );
}
