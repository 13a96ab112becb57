import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { SearchX } from 'lucide-react';
import { paths } from '@/lib/paths';
import { PlainPage } from '@/components/frame/plain-page';
import { LinkGone } from '@/components/share/link-gone';
import { LinkButton } from '@/components/ui/link-button';

export const metadata: Metadata = { title: 'Not found' };

export default async function NotFound() {
  // Strangers with a share link know of no brand.
  if ((await headers()).get('x-imprint-path')?.startsWith('/s/')) return <LinkGone />;
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
