import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { KeyRound } from 'lucide-react';
import { env } from '@/lib/env';
import { paths } from '@/lib/paths';
import { buttonClass } from '@/components/ui/button-class';
import { Notice } from '@/components/ui/notice';
import { readCsrfToken } from '@/app/api/auth/csrf-cookie';
import { currentPerson } from '@/app/auth';
import { PROVIDER } from '@/app/auth-options';
import { EntryFrame } from '@/app/entry-frame';
import { localPath } from '@/app/local-path';
import { signInProblem } from './problems';

export const metadata: Metadata = { title: 'Sign in' };
export const dynamic = 'force-dynamic';

type Query = { callbackUrl?: string; error?: string; csrf?: string; prepared?: string };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { callbackUrl, error, csrf, prepared } = await searchParams;
  const { IMPRINT_URL: base, OIDC_NAME: provider, IMPRINT_EMBEDDED: embedded } = env();
  const back = localPath(callbackUrl, base);
  if (!error && (await currentPerson())) redirect(back);

  const token = readCsrfToken((await headers()).get('cookie'), base.startsWith('https:'));
  if (!prepared && (!token || csrf)) redirect(`/api/auth/prepare?${new URLSearchParams({ callbackUrl: back, ...(error ? { error } : {}) })}`);

  return (
    <EntryFrame title="Sign in to Imprint">
      <p className="text-muted">Keys, models, signatures and images of your Ubuntu Core brands, in one place.</p>
      {error && (
        <Notice tone="danger" role="alert" title="You are not signed in">
          {signInProblem(error)}
        </Notice>
      )}
      {token ? (
        <form method="post" action={`/api/auth/signin/${PROVIDER}`}>
          <input type="hidden" name="csrfToken" value={token} />
          <input type="hidden" name="callbackUrl" value={back} />
          <button type="submit" className={buttonClass({ variant: 'primary', size: 'lg', className: 'w-full' })}>
            <KeyRound aria-hidden />
            Continue with {provider}
          </button>
        </form>
      ) : (
        <Notice tone="danger" role="alert" title="Cookies are needed">
          Your browser did not keep Imprint’s cookie. Allow cookies for this address, then <a href={paths.signIn(back)}>try again</a>.
        </Notice>
      )}
      {embedded.includes('oidc') && (
        <Notice tone="warning" title="Demo mode">
          The people you can sign in as are made up, and none of them has a password.
        </Notice>
      )}
    </EntryFrame>
  );
}
