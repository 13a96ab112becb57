import { cache } from 'react';
import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { LinkGone } from '@/components/share/link-gone';
import { SharedPage } from '@/components/share/shared-page';
import { guessSystem } from '@/components/share/visitor-system';
import { env } from '@/lib/env';
import { database } from '@/db/client';
import { openShare } from '@/db/shares';
import { whence } from '@/app/auth';

type Props = { params: Promise<{ share: string }>; searchParams: Promise<{ t?: string | string[] }> };

/** Once a request, for its title and its content: one opening in the log. */
const open = cache(async (id: string, token: string) => {
  const asking = await headers();
  return openShare(database(), { id, token, address: whence(asking).address, userAgent: asking.get('user-agent') ?? '', what: 'page' });
});

async function find({ params, searchParams }: Props) {
  const [{ share }, { t }] = await Promise.all([params, searchParams]);
  const token = typeof t === 'string' ? t : '';
  return { build: await open(share, token), token };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { build } = await find(props);
  // The address holds the token: it must not travel to other sites.
  return { title: build ? `${build.modelDisplayName || build.model} · ${build.brandName}` : 'This link does not work', referrer: 'no-referrer', robots: { index: false, follow: false } };
}

export default async function SharePage(props: Props) {
  const { build, token } = await find(props);
  // workers/web.ts has answered 404 already: Next's own not-found page would stay empty without JavaScript.
  if (!build) return <LinkGone />;
  return <SharedPage build={build} token={token} base={env().IMPRINT_URL} system={guessSystem((await headers()).get('user-agent') ?? '')} />;
}
