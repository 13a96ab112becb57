import type { Metadata } from 'next';
import { LogOut } from 'lucide-react';
import { paths } from '@/lib/paths';
import { buttonClass } from '@/components/ui/button-class';
import { Notice } from '@/components/ui/notice';
import { currentPerson } from '@/app/auth';
import { EntryFrame } from '@/app/entry-frame';

export const metadata: Metadata = { title: 'Signed out' };
export const dynamic = 'force-dynamic';

export default async function SignedOutPage({ searchParams }: { searchParams: Promise<{ here?: string }> }) {
  const person = await currentPerson();
  const { here } = await searchParams;
  if (person)
    return (
      <EntryFrame title="Sign out?">
        <p className="text-muted">You are signed in as {person.name}.</p>
        <form method="post" action={paths.signOut()}>
          <button type="submit" className={buttonClass({ variant: 'primary', size: 'lg', className: 'w-full' })}>
            <LogOut aria-hidden />
            Sign out
          </button>
        </form>
        <a href={paths.home()} className={buttonClass({ variant: 'ghost' })}>
          Back to the console
        </a>
      </EntryFrame>
    );
  return (
    <EntryFrame title="You are signed out">
      {here ? (
        <Notice tone="warning" title="Only here">
          Your session at the identity provider could not be ended. Sign out there too if others use this browser.
        </Notice>
      ) : (
        <p className="text-muted">Your session has ended, here and at the identity provider.</p>
      )}
      <a href={paths.signIn()} className={buttonClass({ variant: 'primary', size: 'lg' })}>
        Sign in again
      </a>
    </EntryFrame>
  );
}
