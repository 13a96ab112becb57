import { Unlink } from 'lucide-react';
import { PlainPage } from '../frame/plain-page';

/** The same for links that are unknown, expired or revoked: it tells nothing. */
export function LinkGone() {
  return (
    <PlainPage icon={Unlink} title="This link does not work">
      <p>It may have expired, been withdrawn, or lost some of its letters on the way to you.</p>
      <p>Ask whoever sent it to you for a new one. Nothing is wrong with your browser.</p>
    </PlainPage>
  );
}
