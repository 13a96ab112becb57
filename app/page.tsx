import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { UserRoundX } from 'lucide-react';
import { fromBase64Url, fromUtf8 } from '@/lib/bytes';
import { env } from '@/lib/env';
import { paths } from '@/lib/paths';
import { PlainPage } from '@/components/frame/plain-page';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { requirePerson } from './auth';
import { readClaims } from './claims';

export const metadata: Metadata = { title: 'No brand yet' };

/** Leads to the person's first brand. Somebody without one learns what the console knows of them and whom to ask. */
export default async function HomePage() {
  const person = await requirePerson();
  const [first] = person.brands;
  if (first) redirect(paths.overview(first.slug));
  const groups = groupsIn(person.idToken);
  return (
    <PlainPage
      icon={UserRoundX}
      title="You are in no brand yet"
      actions={
        <form method="post" action={paths.signOut()}>
          <Button type="submit">Sign out</Button>
        </form>
      }
    >
      <p>
        You are signed in as {person.name}
        {person.email && ` (${person.email})`}, but none of your groups opens a brand here.
      </p>
      {groups.length > 0 ? (
        <>
          <p>Your identity provider says that you are in:</p>
          <p className="flex flex-wrap gap-1.5">
            {groups.slice(0, 30).map((group) => (
              <Badge key={group} mono>
                {group}
              </Badge>
            ))}
            {groups.length > 30 && <Badge>and {groups.length - 30} more</Badge>}
          </p>
        </>
      ) : (
        <p>Your identity provider names no groups for you.</p>
      )}
      <p>Ask somebody of your brand which group they are in, and whoever keeps those groups to add you. Then sign out and in again: groups are read at sign-in.</p>
    </PlainPage>
  );
}

/** Only to be shown: what counts was read, and verified, at sign-in. */
function groupsIn(idToken: string | undefined): string[] {
  const payload = fromBase64Url(idToken?.split('.')[1] ?? '');
  const text = payload && fromUtf8(payload);
  if (!text) return [];
  return readClaims(JSON.parse(text) as Record<string, unknown>, env().OIDC_GROUPS_CLAIM).groups;
}
